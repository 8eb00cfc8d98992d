import Building
import Testing

@Suite struct SharedCountTests {
    @Test func `limits each user to its share, and all users together to the total`() {
        var count = SharedCount<String>()
        func excess(_ user: String) -> SharedCount<String>.Excess? {
            count.excess(for: user, limit: 3, limitPerUser: 2)
        }
        for user in ["a", "a", "b"] {
            #expect(excess(user) == nil)
            count.add(user)
        }
        #expect(count.all == 3)
        #expect(excess("a") == .ofUser && excess("b") == .ofAll && excess("c") == .ofAll)
        count.remove("a")
        #expect(excess("a") == nil && excess("b") == nil)
        count.remove("c")
        #expect(count.all == 2)
    }
}
