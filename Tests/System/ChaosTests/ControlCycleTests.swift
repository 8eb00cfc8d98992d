import EdgeGateway
import Foundation
import Glibc
import Rig
import ServiceRig
import Synchronization
import Testing

extension Chaos {
    /// How punctual the control loop goes round while its gateway has other worries.
    @Suite(.serialized, .timeLimit(.minutes(60)))
    struct ControlCycleTests {}
}

/// What the gateway has to live with while its cycles are watched.
private enum Worry: String, CaseIterable, Sendable {
    case none = "none"
    case load = "load"
    case diskFull = "disk full"
    case uplinkDown = "uplink down"
    case clockJumps = "clock jumps ±1 h every second"
    case all = "all of it at once"

    func includes(_ other: Worry) -> Bool { self == other || self == .all }

    /// Mounting a small disk needs root.
    var isPossible: Bool { !includes(.diskFull) || getuid() == 0 }
}

extension Chaos.ControlCycleTests {
    /// Readings a second.
    private static let load: Double = Effort.controlCyclesAreMeasured ? 4000 : 500

    /// Each cycle should come one second after the other, by a clock that does not jump.
    @Test func `the control loop stays on time, whatever else happens`() async throws {
        let worries = Worry.allCases.filter(\.isPossible)
        var rows: [PunctualityRow] = []
        if Effort.controlCyclesAreMeasured {
            for worry in worries { rows.append(try await watch(worry)) }
        } else {
            // All at once: what is shown is that it works, not how well.
            rows = try await withThrowingTaskGroup(of: PunctualityRow.self) { group in
                for worry in worries { group.addTask { try await watch(worry) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        print(PunctualityRow.table(worries.compactMap { worry in rows.first { $0.worry == worry.rawValue } }))
        for row in rows {
            #expect(row.control.cycles >= Effort.controlCycles && row.control.latenessP99 != nil, "\(row.worry)")
            guard Effort.controlCyclesAreMeasured else { continue }
            #expect(row.control.missed == 0, "\(row.worry)")
            #expect((row.control.latenessP99 ?? .infinity) < 1000, "\(row.worry)")
        }
    }

    private func watch(_ worry: Worry) async throws -> PunctualityRow {
        let broker = try await Broker()
        let folder = TemporaryFolder()
        let disk = worry.includes(.diskFull) ? try await SmallDisk(megabytes: 16) : nil
        // It takes connections, and never says a word.
        let central = try TCPProxy(to: broker.port)
        central.swallow([.toServer, .toClient], newConnectionsToo: true)
        let clock = worry.includes(.clockJumps) ? try await SettableClock() : nil
        let gateway = try EdgeProgram(
            configuration: "config/edge-one-room.yaml", broker: broker.port, in: folder,
            store: disk?.file("outbox.sqlite"),
            central: worry.includes(.uplinkDown) ? "http://127.0.0.1:\(central.port)" : nil, token: "token",
            settings: ["control.adoptUnlistedRooms=true", "control.statePath=\(folder.file("control.json"))"])
        let edge = try await gateway.start(environment: clock?.environment ?? [:])
        let statuses = try broker.subscriber("/gateways/home/status")
        let sensors = SensorFlood(port: broker.port, rate: worry.includes(.load) ? Self.load : 30)
        try disk?.fill()
        var last: GatewayStatus?
        var seconds = 0
        while (last?.control?.cycles ?? 0) < Effort.controlCycles {
            guard seconds < 3 * Effort.controlCycles + 60 else {
                throw ManagedProcess.DidNotHappen(description: "too few cycles: \(edge.output.suffix(4000))")
            }
            try await Task.sleep(for: .seconds(1))
            seconds += 1
            try clock?.set(offset: seconds % 2 == 0 ? 3600 : -3600)
            last = Self.status(statuses.output) ?? last
        }
        let sent = sensors.finish()
        await statuses.terminate()
        // It may say that something could not be stored, and must not crash.
        let status = await edge.terminate()
        #expect(status < 128, "\(worry.rawValue): \(edge.output.suffix(500))")
        await broker.process.terminate()
        try await disk?.unmount()
        let said = try #require(last)
        if disk != nil { #expect(edge.output.contains("can't be stored"), "the disk was full") }
        if let clock = said.clock, worry.includes(.clockJumps) { #expect(clock.steps > 3) }
        #expect(said.rooms?.count == 6)
        return PunctualityRow(
            worry: worry.rawValue, control: try #require(said.control), readings: sent / max(1, seconds))
    }

    private static func status(_ output: String) -> GatewayStatus? {
        guard let line = output.split(separator: "\n").last, let start = line.firstIndex(of: "{") else { return nil }
        return try? JSONDecoder().decode(GatewayStatus.self, from: Data(line[start...].utf8))
    }
}

/// Temperatures of six rooms with five sensors each, at QoS 1 and a steady rate: they go to control and to the store.
private final class SensorFlood: Sendable {
    private static let rooms = ["room-101", "room-102", "room-103", "room-201", "room-202", "room-203"]
    private let isStopping = Atomic(false)
    private let acknowledged = Atomic(0)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(port: Int, rate: Double) {
        Thread.detachNewThread { [self] in
            let start = ContinuousClock.now
            var next = 0
            PublishingConnection(port: port, clientID: "flood")?.serve {
                isStopping.load(ordering: .relaxed)
            } message: {
                guard ContinuousClock.now - start >= .seconds(Double(next) / rate) else { return nil }
                defer { next += 1 }
                let celsius = 20 + Double(next / 30 % 20) / 10
                let payload = #"{"sensorID":"sensor-\#(next / 6 % 5 + 1)","type":"temperature","value":\#(celsius)}"#
                return (next, "/readings/\(Self.rooms[next % 6])/temperature", payload)
            } acknowledged: { _ in
                acknowledged.wrappingAdd(1, ordering: .relaxed)
            }
            hasEnded.signal()
        }
    }

    /// - Returns: how many readings the broker took.
    func finish() -> Int {
        isStopping.store(true, ordering: .relaxed)
        hasEnded.wait()
        return acknowledged.load(ordering: .relaxed)
    }
}

/// How punctual the cycles were.
private struct PunctualityRow: Sendable {
    var worry: String
    var control: GatewayStatus.Control
    /// A second.
    var readings: Int

    static func table(_ rows: [PunctualityRow]) -> String {
        let heads = ["fault", "cycles", "left out", "p50 ms", "p99 ms", "max ms", "readings/s"]
        let cells = rows.map { row -> [String] in
            let times = [row.control.latenessP50, row.control.latenessP99, row.control.latenessMaximum]
            return [row.worry, "\(row.control.cycles)", "\(row.control.missed)"]
                + times.map { $0.map { "\($0)" } ?? "-" } + ["\(row.readings)"]
        }
        let widths = heads.indices.map { column in ([heads] + cells).map { $0[column].count }.max() ?? 0 }
        let lines = ([heads] + cells).map { row in
            row.indices.map { column in
                let pad = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + pad : pad + row[column]
            }.joined(separator: "  ")
        }
        return "Lateness of the control loop's cycles, one a second:\n" + lines.joined(separator: "\n")
    }
}
