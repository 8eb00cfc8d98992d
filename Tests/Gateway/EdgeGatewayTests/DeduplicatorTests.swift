import EdgeGateway
import Outbox
import Testing

@Suite struct DeduplicatorTests {
    /// - Parameter text: what the message says; by default something of its own.
    static func delivery(_ packet: Int, _ text: UInt64 = 0, again: Bool = false) -> Delivery {
        Delivery(packet: UInt16(packet), fingerprint: text == 0 ? UInt64(packet) : text, isRedelivered: again)
    }

    /// One that has stored these on a first connection.
    static func guarded(_ deliveries: [Delivery]) -> Deduplicator {
        var guarded = Deduplicator()
        guarded.connected(sessionPresent: false)
        for delivery in deliveries { _ = guarded.takes(delivery) }
        return guarded
    }

    @Test func `takes everything in a first connection`() {
        var guarded = Deduplicator()
        guarded.connected(sessionPresent: false)
        #expect((1...10).map { guarded.takes(Self.delivery($0)) } == Array(repeating: true, count: 10))
    }

    @Test func `knows again what comes after a lost connection, and takes what is new behind it`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        #expect((6...10).map { guarded.takes(Self.delivery($0, again: true)) } == Array(repeating: false, count: 5))
        #expect((11...20).map { guarded.takes(Self.delivery($0)) } == Array(repeating: true, count: 10))
    }

    @Test func `knows them again after a restart, from what the store remembers`() {
        var guarded = Deduplicator(
            recent: RecentDeliveries(groups: [.init(deliveries: (1...10).map { Self.delivery($0) }, past: 10)]))
        guarded.connected(sessionPresent: true)
        #expect([10, 11].map { guarded.takes(Self.delivery($0, again: true)) } == [false, true])
    }

    @Test func `knows all that is on its way, however often it dies amid their redelivery`() {
        var guarded = Self.guarded((1...800).map { Self.delivery($0) })
        for _ in 1...10 {
            guarded.connected(sessionPresent: true)
            #expect((1...500).allSatisfy { !guarded.takes(Self.delivery($0, again: true)) })
        }
        guarded.connected(sessionPresent: true)
        #expect((1...800).allSatisfy { !guarded.takes(Self.delivery($0, again: true)) })
    }

    @Test func `takes what the broker sends for the first time, whatever it looks like`() {
        // As a broker does that was restored from a file of before the first of these.
        var guarded = Self.guarded((1...120).map { Self.delivery($0, 7) })
        guarded.connected(sessionPresent: true)
        #expect((21...170).map { guarded.takes(Self.delivery($0, 7)) } == Array(repeating: true, count: 150))
    }

    @Test func `takes what comes after the first new message, even if the broker calls it sent before`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        #expect([Self.delivery(11)].map { guarded.takes($0) } == [true])
        #expect([Self.delivery(4, again: true)].map { guarded.takes($0) } == [true])
    }

    @Test func `takes another message under an identifier that was used before`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        #expect([Self.delivery(3, 99, again: true)].map { guarded.takes($0) } == [true])
        #expect([Self.delivery(4, again: true)].map { guarded.takes($0) } == [false])
    }

    @Test func `suspects nothing where the broker has forgotten the session`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: false)
        #expect((1...10).map { guarded.takes(Self.delivery($0, again: true)) } == Array(repeating: true, count: 10))
        #expect(guarded.forgotten.floor == guarded.forgotten.end - 10)
    }

    @Test func `forgets what was acknowledged, one question later`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0, 7) })
        #expect([8].map { guarded.acknowledged($0) } == [false])
        #expect([10].map { guarded.acknowledged($0) } == [false])
        guarded.connected(sessionPresent: true)
        // 1 to 8 are known to be acknowledged: these are others, sent on a connection on which nothing arrived.
        #expect((1...8).map { guarded.takes(Self.delivery($0, 7, again: true)) } == Array(repeating: true, count: 8))
        #expect((9...10).map { guarded.takes(Self.delivery($0, 7, again: true)) } == [false, false])
    }

    @Test func `remembers nothing once all is acknowledged`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0, 7) })
        #expect([10].map { guarded.acknowledged($0) } == [false])
        #expect([10].map { guarded.acknowledged($0) } == [true])
        #expect(guarded.forgotten == DeliveryNote(deliveries: [], end: 10, floor: 10, leftOut: 0))
        guarded.connected(sessionPresent: true)
        #expect((1...10).map { guarded.takes(Self.delivery($0, 7, again: true)) } == Array(repeating: true, count: 10))
    }

    @Test func `forgets what is older than a connection that has brought something new`() {
        var guarded = Self.guarded((1...20).map { Self.delivery($0, 7) })
        guarded.connected(sessionPresent: true)
        #expect([Self.delivery(5, 7)].map { guarded.takes($0) } == [true])
        guarded.connected(sessionPresent: true)
        #expect((5...8).map { guarded.takes(Self.delivery($0, 7, again: true)) } == [false, true, true, true])
    }

    @Test func `goes on where a connection is lost amid what comes again`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0, 7) })
        for _ in 0..<3 {
            guarded.connected(sessionPresent: true)
            #expect(
                (1...5).map { guarded.takes(Self.delivery($0, 7, again: true)) } == Array(repeating: false, count: 5))
        }
        guarded.connected(sessionPresent: true)
        #expect((1...10).map { guarded.takes(Self.delivery($0, 7, again: true)) } == Array(repeating: false, count: 10))
    }

    @Test func `knows of more than the broker was allowed to send ahead`() {
        var guarded = Self.guarded((1...3_000).map { Self.delivery($0, 7) })
        #expect([200].map { guarded.acknowledged($0) } == [false])
        #expect([200].map { guarded.acknowledged($0) } == [false])
        guarded.connected(sessionPresent: true)
        let all = (201...3_000).allSatisfy { !guarded.takes(Self.delivery($0, 7, again: true)) }
        #expect(all)
    }

    @Test func `forgets the oldest of more than a broker sends ahead by any mistake`() {
        var guarded = Self.guarded((1...40_000).map { Self.delivery($0, 7) })
        guarded.connected(sessionPresent: true)
        #expect([Self.delivery(1_000, 7, again: true)].map { guarded.takes($0) } == [true])
        let all = (40_000 - 16_383...40_000).allSatisfy { !guarded.takes(Self.delivery($0, 7, again: true)) }
        #expect(all)
    }

    @Test func `knows what was on its way through any number of deaths before it comes`() throws {
        var store = RecentDeliveries()
        // As the store does.
        func note(_ judgement: Deduplicator.Judgement) {
            store.groups.removeAll { $0.past <= judgement.note.floor }
            guard !judgement.note.deliveries.isEmpty else { return }
            store.groups.append(.init(deliveries: judgement.note.deliveries, past: judgement.note.end))
        }
        var guarded = Deduplicator()
        guarded.connected(sessionPresent: false)
        note(guarded.judge((1...5_000).map { Self.delivery($0, 7) }))
        for life in 1...20 {
            guarded = Deduplicator(recent: store)
            guarded.connected(sessionPresent: true)
            // Beside what is known there is always one that had not come through before.
            let judgement = guarded.judge(
                ((1...4_000).map { Self.delivery($0, 7) } + [Self.delivery(6_000 + life, 7)]).map {
                    Delivery(packet: $0.packet, fingerprint: $0.fingerprint, isRedelivered: true)
                })
            #expect(judgement.note.leftOut == 4_000)
            note(judgement)
        }
        guarded = Deduplicator(recent: store)
        guarded.connected(sessionPresent: true)
        let judgement = guarded.judge((1...5_000).map { Self.delivery($0, 7, again: true) } + [Self.delivery(5_001, 7)])
        #expect(judgement.note.leftOut == 5_000)
        // They come again should this connection end.
        #expect(judgement.note.deliveries.count == 5_001)
    }

    @Test func `judges a group that could not be stored again`() {
        var guarded = Self.guarded((1...3).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let group = [Self.delivery(2, again: true), Self.delivery(3, again: true), Self.delivery(4)]
        #expect(guarded.judge(group).areNew == [false, false, true])
        #expect(guarded.judge(group).areNew == [false, false, true])
        #expect(guarded.judge(group).note.leftOut == 2)
    }

    @Test func `goes on for ever with identifiers that start again`() {
        var guarded = Deduplicator()
        guarded.connected(sessionPresent: false)
        for round in 0..<3 {
            let all = (1...65_535).allSatisfy { guarded.takes(Self.delivery($0, UInt64(round * 100_000 + $0))) }
            #expect(all)
        }
        guarded.connected(sessionPresent: true)
        #expect([Self.delivery(65_535, 265_535, again: true)].map { guarded.takes($0) } == [false])
        #expect([Self.delivery(1, 300_000)].map { guarded.takes($0) } == [true])
    }

    @Test func `believes no identifiers of a broker that counts them anew on each connection`() {
        var guarded = Self.guarded((1...10).map { Self.delivery($0, 7) })
        guarded.connected(sessionPresent: true)
        #expect((1...5).map { guarded.takes(Self.delivery($0, 7)) } == Array(repeating: true, count: 5))
        // 6 to 8 were on their way when the connection ended, and are 1 to 3 now.
        guarded.connected(sessionPresent: true)
        #expect((1...3).map { guarded.takes(Self.delivery($0, 7, again: true)) } == [true, true, true])
    }
}

extension Deduplicator {
    /// Judges one message and stores it.
    fileprivate mutating func takes(_ delivery: Delivery) -> Bool {
        let judgement = judge([delivery])
        accept(judgement)
        return judgement.areNew[0]
    }
}
