import Storage
import Testing

@Suite struct ChangeMarkTests {
    @Test func `is read as it is written, and nothing else is`() {
        let mark = ChangeMark(cluster: "63qgw9zcqztt", transaction: 84213)
        #expect(ChangeMark("\(mark)") == mark)
        #expect(ChangeMark("09az-0") == ChangeMark(cluster: "09az", transaction: 0))
        // Also what comes right before and behind the digits and letters.
        for text in ["a/-1", "a:-1", "a`-1", "a{-1"] { #expect(ChangeMark(text) == nil, "\(text)") }
        for text in ["", "-", "a-", "-1", "a-b", "a-1-2", "A-1", "a b-1", String(repeating: "a", count: 70) + "-1"] {
            #expect(ChangeMark(text) == nil, "\(text)")
        }
    }

    @Test func `takes for new what a later transaction wrote, also where the 32 bits of its number begin anew`() {
        let mark = ChangeMark(cluster: "a", transaction: 0x1_FFFF_FFF0)
        #expect(mark.isBefore(rowOf: 0xFFFF_FFF0))
        #expect(!mark.isBefore(rowOf: 0xFFFF_FFEF))
        #expect(mark.isBefore(rowOf: 3))
        // Frozen long ago.
        #expect(!mark.isBefore(rowOf: 2))
    }

    @Test func `goes on only in the same cluster, and not from the future or from too long ago`() {
        let present = ChangeMark(cluster: "a", transaction: 5_000_000_000)
        #expect(ChangeMark(cluster: "a", transaction: 4_999_999_999).canBeResumed(at: present))
        #expect(present.canBeResumed(at: present))
        #expect(!ChangeMark(cluster: "a", transaction: 5_000_000_001).canBeResumed(at: present))
        #expect(!ChangeMark(cluster: "b", transaction: 4_999_999_999).canBeResumed(at: present))
        #expect(!ChangeMark(cluster: "a", transaction: 10).canBeResumed(at: present))
    }

    @Test(arguments: [
        ("", LatestChange.everywhere), ("7", .buildings([7])), ("7,9", .buildings([7, 9])), ("7,x", .everywhere),
    ])
    func `names the buildings that something is new in`(payload: String, change: LatestChange) {
        #expect(LatestChange(payload: payload) == change)
    }
}
