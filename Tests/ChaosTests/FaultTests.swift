import DatabaseRig
import Foundation
import Glibc
import Rig
import Testing

/// Each fault strikes the running product under a steady load of readings that can be told apart. Afterwards every
/// reading that the broker acknowledged to its sensor is in the central database, once.
@Suite(.enabled(if: Effort.mayStartDatabase, Effort.missing), .serialized, .timeLimit(.minutes(60)), .plant)
struct FaultTests: FaultTesting {
    let plant: Plant
    let table: ChaosTable

    init() throws {
        (plant, table) = try #require(PlantTrait.current)
    }

    @Test func `nothing is lost or doubled when the gateway is killed`() async throws {
        try await strike("kill -9 gateway") {
            plant.edge.kill()
            try await pause(0.3)
            try await plant.startEdge()
        }
    }

    @Test func `nothing is lost or doubled when the central service is killed`() async throws {
        try await strike("kill -9 central") {
            plant.central.kill()
            try await pause(0.5)
            try await plant.startCentral()
        }
    }

    /// What the broker had not acknowledged when it died, or only in its last second, counts as uncertain: nobody
    /// sends it again. Whether it comes or not, it must not come twice.
    @Test func `nothing is lost or doubled when the broker is killed`() async throws {
        try await strike("kill -9 broker", rate: 500) {
            plant.broker.process.kill()
            try await pause(0.5)
            try await plant.startBroker()
        }
    }

    @Test func `nothing is lost or doubled when the database is killed`() async throws {
        try await strike("kill -9 database") {
            try plant.database.kill()
            try await pause(0.5)
            try await plant.database.start()
        }
    }

    @Test func `nothing is lost or doubled when the gateway stands still`() async throws {
        try await strike("SIGSTOP gateway") { try await suspend(plant.edge) }
    }

    @Test func `nothing is lost or doubled when the central service stands still`() async throws {
        try await strike("SIGSTOP central") { try await suspend(plant.central) }
    }

    @Test func `nothing is lost or doubled when the broker stands still`() async throws {
        try await strike("SIGSTOP broker") { try await suspend(plant.broker.process) }
    }

    @Test func `nothing is lost or doubled when the database stands still`() async throws {
        try await strike("SIGSTOP database") {
            try await plant.database.withSuspended { try await pause(2) }
        }
    }

    @Test(.enabled(if: getuid() == 0, "mounting a small tmpfs needs root"))
    func `a full disk stops neither valves nor readings`() async throws {
        let disk = try await SmallDisk(megabytes: 16)
        await plant.edge.terminate()
        try await plant.startEdge(store: disk.file("outbox.sqlite"))
        let valves = try plant.broker.subscriber("/actuators/room-101")
        try await strike("disk full", rate: 500) {
            try disk.fill()
            try await plant.edge.waitFor(output: "can't be stored")
            // Cold, then warm: the valve follows while nothing can be stored.
            for (celsius, isHeating) in [(19.0, true), (25.0, false)] {
                for sensor in 1...5 {
                    try await plant.broker.publish(
                        "/readings/room-101/temperature",
                        #"{"sensorID":"sensor-\#(sensor)","type":"temperature","value":\#(celsius)}"#)
                }
                try await eventually("the valve follows \(celsius) °C", detail: plant.edge.output) {
                    valves.output.split(separator: "\n").last.map { !$0.hasSuffix("{\"level\":0}") } == isHeating
                }
            }
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
