import EdgeGateway
import Outbox
import Testing

@Suite struct RedeliveryGuardTests {
    static func delivery(_ packet: Int, _ text: UInt64 = 0) -> Delivery {
        Delivery(packet: UInt16(packet), fingerprint: text == 0 ? UInt64(packet) : text)
    }

    @Test func `takes everything in a first connection`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        let answer1 = (1...10).allSatisfy { guarded.takes(Self.delivery($0)) }
        #expect(answer1)
    }

    @Test func `knows again what comes after a lost connection, and takes what is new behind it`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for packet in 1...10 { _ = guarded.takes(Self.delivery(packet)) }
        guarded.connected(sessionPresent: true)
        let answer2 = (6...10).allSatisfy { !guarded.takes(Self.delivery($0)) }
        #expect(answer2)
        let answer3 = (11...20).allSatisfy { guarded.takes(Self.delivery($0)) }
        #expect(answer3)
    }

    @Test func `knows them again after a restart, from what the store remembers`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let answer4 = !guarded.takes(Self.delivery(10))
        #expect(answer4)
        let answer5 = guarded.takes(Self.delivery(11))
        #expect(answer5)
    }

    @Test func `takes another message under an identifier that was used before`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let answer6 = guarded.takes(Self.delivery(3, 99))
        #expect(answer6)
        // Whatever follows the first new message is new as well.
        let answer7 = guarded.takes(Self.delivery(4))
        #expect(answer7)
    }

    @Test func `suspects nothing where the broker has forgotten the session`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: false)
        let answer8 = (1...10).allSatisfy { guarded.takes(Self.delivery($0)) }
        #expect(answer8)
    }

    @Test func `knows again what a broker queued that was restored from an older file`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for packet in 1...30_000 { _ = guarded.takes(Self.delivery(packet)) }
        guarded.connected(sessionPresent: true)
        let areKnown = (1...30_000).allSatisfy { !guarded.takes(Self.delivery($0)) }
        #expect(areKnown)
    }

    @Test func `takes a value that does not change for ever`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for packet in 1...65_535 { _ = guarded.takes(Self.delivery(packet, 7)) }
        guarded.connected(sessionPresent: true)
        let answer = guarded.takes(Self.delivery(1, 7))
        #expect(answer)
    }

    @Test func `judges a group that could not be stored again`() {
        var guarded = RedeliveryGuard(recent: (1...3).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let group = [Self.delivery(2), Self.delivery(3), Self.delivery(4)]
        #expect(guarded.judge(group).areNew == [false, false, true])
        #expect(guarded.judge(group).areNew == [false, false, true])
    }

    @Test func `goes on for ever with identifiers that start again`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for round in 0..<3 {
            let answer9 = (1...65_535).allSatisfy { guarded.takes(Self.delivery($0, UInt64(round * 100_000 + $0))) }
            #expect(answer9)
        }
        guarded.connected(sessionPresent: true)
        let answer10 = !guarded.takes(Self.delivery(65_535, 265_535))
        #expect(answer10)
    }
}

extension RedeliveryGuard {
    /// Judges one message and stores it.
    fileprivate mutating func takes(_ delivery: Delivery) -> Bool {
        let judgement = judge([delivery])
        accept(judgement)
        return judgement.areNew[0]
    }
}
