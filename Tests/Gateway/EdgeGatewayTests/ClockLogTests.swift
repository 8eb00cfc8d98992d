import EdgeGateway
import Logging
import Synchronization
import Testing

/// What operators read in the log of a clock that is not set.
@Suite struct ClockLogTests {
    private final class Messages: Sendable {
        let all = Mutex<[String]>([])
    }

    private struct Recorder: LogHandler {
        let messages: Messages
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(_ messages: Messages) { self.messages = messages }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { messages.all.withLock { $0.append("\(event.message)") } }
    }

    @Test func `says once that the clock is not set, once that it is, and nothing more while that lasts`() {
        let time = SettableClock(SettableClock.beginning)
        let messages = Messages()
        let watch = ClockWatch(
            clock: time.clock, patience: .seconds(900), logger: Logger(label: "test") { _ in Recorder(messages) })
        for _ in 0..<10 {
            time.advance(1_000)
            _ = watch.look()
        }
        #expect(messages.all.withLock(\.count) == 1)
        #expect(messages.all.withLock { $0[0].hasPrefix("the calendar clock is not set") })
        time.set(SettableClock.present)
        for _ in 0..<10 {
            time.advance(1_000)
            _ = watch.look()
        }
        #expect(
            messages.all.withLock { Array($0.dropFirst()) }
                == ["the calendar clock was stepped; schedules do not depend on it", "the calendar clock is set"])
    }
}
