import Building
import EdgeGateway
import MQTT
import Testing

@Suite struct CommandTests {
    static let topic = "/actuators/room-101"
    static let (low, high): ([UInt8], [UInt8]) = ([1], [2])

    static func at(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(sinceOrigin: .seconds(seconds)) }

    /// A book with one command that was sent at 0 s.
    static func sent(_ payload: [UInt8] = low) -> CommandBook {
        var book = CommandBook()
        book.want(topic, payload, at: at(0))
        book.sent(topic, at: at(0))
        return book
    }

    private func state(_ book: CommandBook, at seconds: Double) -> Command.State? {
        book.report(Self.topic, at: Self.at(seconds))?.state
    }

    @Test func `calls nothing accepted that the broker did not confirm`() {
        var book = Self.sent()
        #expect(state(book, at: 1) == .waiting)
        #expect(state(book, at: 6) == .unanswered)
        let isNews = book.answered(Self.topic, Self.low, .accepted)
        #expect(!isNews)
        #expect(state(book, at: 7) == .accepted)
        #expect(book.report(Self.topic, at: Self.at(7))?.confirmed == Self.low)
    }

    @Test func `is to be sent once in any case, though it may be what held before a restart`() {
        var book = CommandBook()
        book.want(Self.topic, Self.low, at: Self.at(0))
        #expect(book.isRetryDue(Self.topic, at: Self.at(0)))
        book.sent(Self.topic, at: Self.at(0))
        #expect(!book.isRetryDue(Self.topic, at: Self.at(60)))
        #expect(!book.isRetryDue("/actuators/room-9", at: Self.at(60)))
    }

    @Test func `names a refusal, tries again, and recovers`() throws {
        var book = Self.sent()
        let isNews = book.answered(Self.topic, Self.low, .refused(reason: "Not authorized"))
        #expect(isNews)
        let report = try #require(book.report(Self.topic, at: Self.at(1)))
        #expect(report.state == .refused)
        #expect(report.problem?.contains("Not authorized") == true)
        #expect(!book.isRetryDue(Self.topic, at: Self.at(4)))
        #expect(book.isRetryDue(Self.topic, at: Self.at(5)))
        #expect(book.isRetryDue(withPrefix: "/actuators/", at: Self.at(5)))
        book.sent(Self.topic, at: Self.at(5))
        #expect(!book.isRetryDue(Self.topic, at: Self.at(6)))
        let isOver = book.answered(Self.topic, Self.low, .accepted)
        #expect(isOver)
        #expect(state(book, at: 6) == .accepted)
    }

    @Test func `does not take the answer to an earlier command for one to the present`() {
        var book = Self.sent(Self.low)
        book.want(Self.topic, Self.high, at: Self.at(1))
        _ = book.answered(Self.topic, Self.low, .accepted)
        #expect(state(book, at: 4) == .waiting)
        #expect(state(book, at: 6) == .unanswered)
        _ = book.answered(Self.topic, Self.high, .accepted)
        #expect(state(book, at: 6) == .accepted)
    }

    @Test func `keeps a command open that was lost with the connection`() {
        var book = Self.sent()
        _ = book.answered(Self.topic, Self.low, .lost)
        #expect(state(book, at: 6) == .unanswered)
    }

    @Test func `waits from the first command that was not confirmed, not from the latest`() {
        var book = Self.sent(Self.low)
        for second in 1...6 {
            book.want(Self.topic, second.isMultiple(of: 2) ? Self.low : Self.high, at: Self.at(Double(second)))
        }
        #expect(state(book, at: 6) == .unanswered)
    }

    @Test func `believes of MQTT 3.1.1 only what comes back`() throws {
        var book = Self.sent()
        _ = book.answered(Self.topic, Self.low, .unconfirmed)
        #expect(state(book, at: 6) == .unconfirmed)
        book.echoed(Self.topic, Self.low)
        #expect(state(book, at: 7) == .accepted)
        // Somebody else's topic opens no account.
        book.echoed("/actuators/other", Self.low)
        #expect(book.report("/actuators/other", at: Self.at(7)) == nil)
    }

    @Test func `tells each change once`() {
        var book = Self.sent()
        #expect(book.news(at: Self.at(1)).isEmpty)
        _ = book.answered(Self.topic, Self.low, .refused(reason: "Not authorized"))
        #expect(book.news(at: Self.at(1)).map(\.state) == [.refused])
        _ = book.answered(Self.topic, Self.low, .refused(reason: "Not authorized"))
        #expect(book.news(at: Self.at(2)).isEmpty)
        _ = book.answered(Self.topic, Self.low, .accepted)
        #expect(book.news(at: Self.at(3)).map(\.state) == [.accepted])
        #expect(book.news(at: Self.at(4)).isEmpty)
        #expect(book.troubles(at: Self.at(4)).isEmpty)
    }
}
