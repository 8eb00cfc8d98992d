import DatabaseRig
import Foundation
import Glibc
import Rig
import Testing

extension Chaos {
    /// Each fault strikes the running product under a steady load of readings that can be told apart. Afterwards every
    /// reading that the broker acknowledged to its sensor is in the central database, once.
    @Suite(
        .enabled(if: Effort.mayStartDatabase, Effort.missing), .serialized, .timeLimit(.minutes(60)),
        .plantWithSavingBroker)
    struct FaultTests: FaultTesting {
        let plant: Plant

        init() throws { plant = try #require(PlantTrait.current) }
    }
}

extension Chaos.FaultTests {
    @Test func `nothing is lost or doubled when the gateway is killed`() async throws {
        try await strike("kill -9 gateway") { _ in
            plant.edge.kill()
            try await pause(0.3)
            try await plant.startEdge()
        }
    }

    @Test func `nothing is lost or doubled when the central service is killed`() async throws {
        try await strike("kill -9 central") { _ in
            plant.central.kill()
            try await pause(0.5)
            try await plant.startCentral()
        }
    }

    /// What the broker had not acknowledged when it died counts as uncertain: nobody sends it again. Whether it comes
    /// or not, it must not come twice. What it acknowledged shortly before and forgot is its own loss, unless the
    /// gateway had acknowledged it.
    @Test func `nothing is lost or doubled when the broker is killed`() async throws {
        try await strike("kill -9 broker", rate: 500) { _ in
            plant.broker.process.kill()
            try await pause(0.5)
            try await plant.startBroker()
        }
    }

    @Test func `nothing is lost or doubled when the database is killed`() async throws {
        try await strike("kill -9 database") { _ in
            try plant.database.kill()
            try await pause(0.5)
            try await plant.database.start()
        }
    }

    @Test func `nothing is lost or doubled when the gateway stands still`() async throws {
        try await strike("SIGSTOP gateway") { _ in try await suspend(plant.edge) }
    }

    @Test func `nothing is lost or doubled when the central service stands still`() async throws {
        try await strike("SIGSTOP central") { _ in try await suspend(plant.central) }
    }

    @Test func `nothing is lost or doubled when the broker stands still`() async throws {
        try await strike("SIGSTOP broker") { _ in try await suspend(plant.broker.process) }
    }

    @Test func `nothing is lost or doubled when the database stands still`() async throws {
        try await strike("SIGSTOP database") { _ in
            try await plant.database.withSuspended { try await pause(2) }
        }
    }

    @Test(.enabled(if: getuid() == 0, "mounting a small tmpfs needs root"))
    func `a full disk stops neither valves nor readings`() async throws {
        let disk = try await SmallDisk(megabytes: 16)
        await plant.edge.terminate()
        try await plant.startEdge(.init(store: disk.file("outbox.sqlite")))
        try await strike("disk full", rate: 500) { _ in
            try disk.fill()
            try await plant.edge.waitFor(output: "can't be stored")
            try await expectValvesFollow()
            disk.free()
        }
        await plant.edge.terminate()
        try await plant.startEdge()
        try await disk.unmount()
    }

    private func suspend(_ process: ManagedProcess) async throws {
        process.suspend()
        defer { process.resume() }
        try await pause(2)
    }
}
