import Foundation
import Rig
import Synchronization

/// Sensors that count up, at QoS 1 and at a steady rate. What the broker acknowledged is told apart from what it may or
/// may not have taken when it died; neither is ever sent again, so that what is there twice was doubled further on.
final class Publisher: Sendable {
    static let sensors = 10

    /// The numbers of readings; a number's remainder by `sensors` is its sensor.
    struct Sent: Sendable {
        var acknowledged: Set<Int> = []
        /// Those of them that the broker acknowledged shortly before its death.
        var late: Set<Int> = []
        /// On the way when the broker died.
        var uncertain: Set<Int> = []
        var newest = -1
    }

    private let port: Int
    private let room: String
    private let rate: Double
    private let constantSensors: Int?
    private let sent = Mutex(Sent())
    private let isStopping = Atomic(false)
    private let hasEnded = Atomic(false)

    /// - Parameters:
    ///   - rate: readings a second.
    ///   - constantSensors: so many sensors say the same for ever, one after the other; `nil`: ten count up.
    init(port: Int, room: String, rate: Double, constantSensors: Int? = nil) {
        self.constantSensors = constantSensors
        self.port = port
        self.room = room
        self.rate = rate
        Thread.detachNewThread { [self] in
            run()
            hasEnded.store(true, ordering: .releasing)
        }
    }

    var topic: String { "/readings/\(room)/energy_kwh" }
    /// So far.
    var acknowledged: Set<Int> { sent.withLock { $0.acknowledged } }
    var acknowledgedSoFar: Int { sent.withLock { $0.acknowledged.count } }
    /// The highest number that the broker has acknowledged; -1 where there is none.
    var newest: Int { sent.withLock { $0.newest } }

    /// Sends nothing new, and waits for the broker's acknowledgements.
    func finish() async throws -> Sent {
        isStopping.store(true, ordering: .releasing)
        try await eventually("the broker acknowledges what it was sent") { hasEnded.load(ordering: .acquiring) }
        return sent.withLock { $0 }
    }

    static func device(_ number: Int) -> String { "s\(number % sensors)" }

    // MARK: On the thread

    /// A broker writes what it holds to its file after it has acknowledged it: what it acknowledged so shortly before
    /// its death it may have forgotten.
    private static let brokerSavesWithin = Duration.seconds(2)

    private func run() {
        let start = ContinuousClock.now
        var next = 0
        var late = Duration.zero
        while !isStopping.load(ordering: .acquiring) {
            guard let connection = PublishingConnection(port: port, clientID: "chaos-\(room)") else {
                late += Self.pause(.milliseconds(50))
                continue
            }
            var acknowledgements: [(number: Int, at: ContinuousClock.Instant)] = []
            connection.serve {
                isStopping.load(ordering: .acquiring)
            } message: {
                guard ContinuousClock.now - start - late >= .seconds(Double(next) / rate) else { return nil }
                defer { next += 1 }
                let (device, value) = constantSensors.map { ("s\(next % $0)", 21) } ?? (Self.device(next), next)
                let payload = #"{"sensorID":"\#(device)","type":"energy_kwh","value":\#(value)}"#
                return (next, topic, payload)
            } acknowledged: { number in
                acknowledgements.append((number, .now))
                sent.withLock { sent in
                    sent.acknowledged.insert(number)
                    sent.newest = max(sent.newest, number)
                }
            }
            let wasKilled = !isStopping.load(ordering: .acquiring)
            let end = ContinuousClock.now
            let last = acknowledgements.filter { wasKilled && end - $0.at < Self.brokerSavesWithin }.map(\.number)
            sent.withLock { sent in
                sent.uncertain.formUnion(connection.unanswered)
                sent.late.formUnion(last)
            }
        }
    }

    private static func pause(_ duration: Duration) -> Duration {
        Thread.sleep(forTimeInterval: duration / .seconds(1))
        return duration
    }
}
