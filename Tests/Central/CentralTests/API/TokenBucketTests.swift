import APISupport
import Testing

@Suite struct TokenBucketTests {
    private let start = ContinuousClock.now
    private var pace: TokenBucket

    init() { pace = TokenBucket(perMinute: 6, from: start) }

    /// What calls at these seconds are told: after how long to come again.
    private func waits(_ seconds: [Int]) -> [Duration?] {
        var pace = pace
        return seconds.map { pace.take(at: start + .seconds($0)) }
    }

    private func isFull(_ seconds: Int, after calls: Int) -> Bool {
        var pace = pace
        for _ in 0..<calls { _ = pace.take(at: start) }
        return pace.isFull(at: start + .seconds(seconds))
    }

    @Test func `allows a minute's calls at once, then one in each of its parts`() {
        let rush = [Int](repeating: 0, count: 6)
        #expect(waits(rush) == Array(repeating: nil, count: 6))
        #expect(waits(rush + [0, 4, 10]).suffix(3) == [.seconds(10), .seconds(6), nil])
        // A time that is past already gives nothing.
        #expect(waits(rush + [10, 0]).suffix(2) == [nil, .seconds(10)])
    }

    @Test func `remembers a call for as long as it takes to fill up again`() {
        #expect(isFull(0, after: 0))
        #expect(!isFull(0, after: 1))
        #expect(!isFull(9, after: 1))
        #expect(isFull(10, after: 1))
        #expect(!isFull(59, after: 6))
        #expect(isFull(60, after: 6))
        #expect(isFull(3600, after: 6))
    }
}
