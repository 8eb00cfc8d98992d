import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Storage
import Synchronization
import Testing

/// How long conversations are kept, and how much of them.
@Suite(.withDatabaseServer, .database, .serialized) struct ConversationTests {
    private final class Calendar: Sendable {
        private let moment = Mutex(Timestamp(millisecondsSince1970: midnight))

        @Sendable
        func now() -> Timestamp { moment.withLock { $0 } }
        func advance(by duration: Duration) { moment.withLock { $0 = $0.advanced(by: duration) } }
    }

    private static func tokens(_ store: CentralStore, _ count: Int) async throws -> [Int] {
        let registry = TokenAdministration(store)
        let directory = TokenAuthenticator(store)
        var tokens: [Int] = []
        for _ in 0..<count {
            let secret = try await registry.addOperator(name: "ops")
            tokens.append(try #require(try await directory.caller(holding: secret)).token)
        }
        return tokens
    }

    @Test func `a conversation ends its lifetime after the last word, and is gone from the database with the next one`()
        async throws
    {
        _ = try await Replica.migrated()
        let calendar = Calendar()
        let store = Replica(now: calendar.now).store
        let token = try await Self.tokens(store, 1)[0]
        let limits = ConversationLimits(lifetime: .seconds(3600))
        func say(_ text: String, in id: String) async throws {
            try await store.append([text], toConversation: id, ofToken: token, limits: limits)
        }
        func kept() async throws -> [String]? { try await store.conversation("a", ofToken: token, limit: 10) }
        try await say("one", in: "a")
        calendar.advance(by: .seconds(3000))
        try await say("two", in: "a")
        // Each word puts the end off.
        calendar.advance(by: .seconds(3599))
        #expect(try await kept() == ["one", "two"])
        calendar.advance(by: .seconds(1))
        #expect(try await kept() == nil)
        try await say("three", in: "b")
        #expect(try await Replica().rows("SELECT count(*)::text FROM conversation") == ["1"])
        #expect(try await Replica().rows("SELECT content FROM conversation_message") == ["three"])
    }

    @Test func `of a conversation the newest messages stay, of a token the newest conversations`() async throws {
        _ = try await Replica.migrated()
        let calendar = Calendar()
        let store = Replica(now: calendar.now).store
        let tokens = try await Self.tokens(store, 2)
        let limits = ConversationLimits(messages: 3, conversations: 2, lifetime: .seconds(3600))
        func say(_ texts: [String], in id: String, _ token: Int) async throws {
            calendar.advance(by: .seconds(1))
            try await store.append(texts, toConversation: id, ofToken: token, limits: limits)
        }
        try await say(["1", "2"], in: "c1", tokens[0])
        try await say(["3", "4"], in: "c1", tokens[0])
        #expect(try await store.conversation("c1", ofToken: tokens[0], limit: 10) == ["2", "3", "4"])
        #expect(try await store.conversation("c1", ofToken: tokens[0], limit: 2) == ["3", "4"])
        try await say(["5"], in: "c2", tokens[0])
        try await say(["6"], in: "x1", tokens[1])
        // Spoken in again, so that c2 is the older one now.
        try await say(["7"], in: "c1", tokens[0])
        try await say(["8"], in: "c3", tokens[0])
        #expect(try await store.conversation("c1", ofToken: tokens[0], limit: 10) == ["3", "4", "7"])
        #expect(try await store.conversation("c2", ofToken: tokens[0], limit: 10) == nil)
        #expect(try await store.conversation("c3", ofToken: tokens[0], limit: 10) == ["8"])
        // Another token's are neither counted nor read, and nobody adds to them.
        #expect(try await store.conversation("x1", ofToken: tokens[1], limit: 10) == ["6"])
        #expect(try await store.conversation("x1", ofToken: tokens[0], limit: 10) == nil)
        await #expect(throws: StoreError.self) { try await say(["9"], in: "x1", tokens[0]) }
        #expect(try await store.conversation("x1", ofToken: tokens[1], limit: 10) == ["6"])
    }

    @Test func `one guest asks only so often a minute, and holds no other up by it`() async throws {
        let scene = try await RestTests.Scene(
            "often", settings: ["chat.provider=built-in", "chat.requestsPerMinute=2"])
        let other = try await CentralProcess.token("guest", "--building", "often", "--room", "room-101")
        func say(as token: String) async throws -> CentralProcess.Answer {
            try await scene.service.call(
                "/chat", method: .post, token: token, type: "application/json",
                body: Array(#"{"message":"Hello"}"#.utf8), headers: [("Accept", "application/json")])
        }
        for _ in 0..<2 { #expect(try await say(as: scene.guest).status == 200) }
        let third = try await say(as: scene.guest)
        #expect(third.status == 429 && third.code == "too_many_questions", "\(third.text)")
        #expect(third.headers["retry-after"].flatMap { Int($0) }.map((1...30).contains) == true)
        #expect(try await say(as: other).status == 200)
        await scene.service.process.terminate()
    }
}
