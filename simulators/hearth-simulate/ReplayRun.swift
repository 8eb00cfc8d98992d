import Building
import CivilTime
import Foundation
import MQTT
import SimulatedDevices
import Synchronization
import UnixSignals
import WireFormat

/// A run of a tape on a real broker, until its end or a signal.
final class ReplayRun: Sendable {
    private static let patience = Duration.seconds(10)
    /// The length of silence above which a message is printed.
    private static let notableSilence = Duration.seconds(60)

    private let tape: Mutex<ReplayTape>
    private let broker: BrokerAddress
    private let speed: Double
    private let timestamps: ToldTime
    private let calendar: LocalCalendar
    private let sent = Mutex(0)

    init(tape: sending ReplayTape, broker: BrokerAddress, speed: Double, timestamps: ToldTime, calendar: LocalCalendar)
    {
        self.tape = Mutex(tape)
        self.broker = broker
        self.speed = speed
        self.timestamps = timestamps
        self.calendar = calendar
    }

    /// Plays the tape.
    ///
    /// - Throws: `CommandFailure` if the broker can't be reached; `FileError` if a file can't be read to its end.
    func run() async throws {
        for note in tape.withLock({ $0.notes }) { Console.say(note) }
        let client = MQTTClient(
            settings: broker.settings(clientID: "hearth-replay-\(ProcessInfo.processInfo.processIdentifier)"))
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        client.start()
        do {
            try await waitForConnection(client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.play(by: client) }
                group.addTask { for await _ in signals { break } }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            await client.stop()
            throw error
        }
        await client.stop(within: .seconds(60))
        sayEnd()
    }

    /// Publishes each moment when it is due.
    private func play(by client: MQTTClient) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var first: Timestamp?
        while !Task.isCancelled {
            for trouble in tape.withLock({ $0.newTroubles() }) { Console.complain(trouble) }
            guard let time = tape.withLock({ $0.nextTime }) else { return }
            let start = first ?? time
            if first == nil { sayStart(start) }
            first = start
            let elapsed = Double(time.millisecondsSince1970 - start.millisecondsSince1970) / 1000 / speed
            let due = begin + .seconds(elapsed)
            if due - clock.now > Self.notableSilence {
                Console.say(
                    "nothing for \(Int((due - clock.now) / .seconds(1))) s, until "
                        + "\(ISO8601Writer(calendar).text(time)) of the files")
            }
            do { try await Task.sleep(until: due, clock: clock) } catch { return }
            guard let moment = try tape.withLock({ try $0.next() }) else { return }
            try await send(moment, by: client)
        }
    }

    /// Publishes the messages of a moment.
    private func send(_ moment: Recording.Moment, by client: MQTTClient) async throws {
        let now = Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        for message in moment.messages(stamped: timestamps == .own ? moment.time : now) {
            let message = MQTTMessage(topic: message.topic, payload: message.payload.utf8)
            while !client.publish(message) {
                do { try await Task.sleep(for: .milliseconds(1)) } catch { return }
            }
            sent.withLock { $0 += 1 }
        }
    }

    private func waitForConnection(_ client: MQTTClient) async throws {
        let end = ContinuousClock.now + Self.patience
        while !client.isConnected {
            guard ContinuousClock.now < end else {
                throw CommandFailure(
                    "The broker at \(broker.host):\(broker.port) can't be reached. Check --mqtt-host and --mqtt-port.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func sayStart(_ time: Timestamp) {
        let pace = speed == 1 ? "as fast as they were recorded" : "\(ReadingValue.shortest(speed)) times as fast"
        Console.say("from \(ISO8601Writer(calendar).text(time)), \(pace)")
    }

    private func sayEnd() {
        let (records, troubles) = tape.withLock { ($0.records, $0.troubles) }
        let faults = troubles == 0 ? "" : ", \(troubles) invalid fields or lines skipped"
        Console.say("ended: \(sent.withLock { $0 }) messages from \(records) lines sent\(faults)")
    }
}
