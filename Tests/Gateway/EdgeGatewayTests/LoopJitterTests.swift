import EdgeGateway
import Testing

@Suite struct LoopJitterTests {
    @Test func `knows nothing before the first cycle`() {
        let report = LoopJitter().report
        #expect(report.cycles == 0)
        #expect(report.median == nil && report.percentile99 == nil && report.longest == nil)
    }

    @Test func `tells the median, the 99th percentile and the longest`() {
        let punctuality = LoopJitter()
        for milliseconds in (1...200).shuffled() { punctuality.note(lateness: .milliseconds(milliseconds), missed: 0) }
        let report = punctuality.report
        #expect(report.cycles == 200)
        #expect(report.median == .milliseconds(100))
        #expect(report.percentile99 == .milliseconds(198))
        #expect(report.longest == .milliseconds(200))
    }

    @Test func `remembers no more than it says, but the longest for ever`() {
        let punctuality = LoopJitter()
        punctuality.note(lateness: .seconds(7), missed: 3)
        punctuality.noteMissed()
        for _ in 0..<LoopJitter.remembered { punctuality.note(lateness: .microseconds(10), missed: 0) }
        let report = punctuality.report
        #expect(report.cycles == LoopJitter.remembered + 1)
        #expect(report.percentile99 == .microseconds(10))
        #expect(report.longest == .seconds(7))
        #expect(report.missed == 4)
    }

    @Test(arguments: [Duration.seconds(-5), .zero, .seconds(1_000_000_000)])
    func `takes whatever it is told`(lateness: Duration) throws {
        let punctuality = LoopJitter()
        punctuality.note(lateness: lateness, missed: 0)
        #expect(try #require(punctuality.report.longest) >= .zero)
    }
}
