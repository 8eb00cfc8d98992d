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
        let answer1 = (1...10).allSatisfy { guarded.isNew(Self.delivery($0)) }
        #expect(answer1)
    }

    @Test func `knows again what comes after a lost connection, and takes what is new behind it`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for packet in 1...10 { _ = guarded.isNew(Self.delivery(packet)) }
        guarded.connected(sessionPresent: true)
        let answer2 = (6...10).allSatisfy { !guarded.isNew(Self.delivery($0)) }
        #expect(answer2)
        let answer3 = (11...20).allSatisfy { guarded.isNew(Self.delivery($0)) }
        #expect(answer3)
    }

    @Test func `knows them again after a restart, from what the store remembers`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let answer4 = !guarded.isNew(Self.delivery(10))
        #expect(answer4)
        let answer5 = guarded.isNew(Self.delivery(11))
        #expect(answer5)
    }

    @Test func `takes another message under an identifier that was used before`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: true)
        let answer6 = guarded.isNew(Self.delivery(3, 99))
        #expect(answer6)
        // Whatever follows the first new message is new as well.
        let answer7 = guarded.isNew(Self.delivery(4))
        #expect(answer7)
    }

    @Test func `suspects nothing where the broker has forgotten the session`() {
        var guarded = RedeliveryGuard(recent: (1...10).map { Self.delivery($0) })
        guarded.connected(sessionPresent: false)
        let answer8 = (1...10).allSatisfy { guarded.isNew(Self.delivery($0)) }
        #expect(answer8)
    }

    @Test func `goes on for ever with identifiers that start again`() {
        var guarded = RedeliveryGuard(recent: [])
        guarded.connected(sessionPresent: false)
        for round in 0..<3 {
            let answer9 = (1...65_535).allSatisfy { guarded.isNew(Self.delivery($0, UInt64(round * 100_000 + $0))) }
            #expect(answer9)
        }
        guarded.connected(sessionPresent: true)
        let answer10 = !guarded.isNew(Self.delivery(65_535, 265_535))
        #expect(answer10)
    }
}
