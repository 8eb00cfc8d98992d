package import Building
import Foundation
package import HTTPClient
package import Logging
package import WireFormat

/// Who takes what the central service wishes.
package protocol DesiredStateReceiver: Sendable {
    /// Every wish up to this one was taken.
    var version: Int64 { get }
    /// Takes what is new. What was taken before may come again.
    func take(_ list: DesiredStateList)
    /// What holds now, of every room and every battery or car.
    func reportedStates() -> [ReportedState]
}

/// Waits at the central service for wishes, and tells it what holds.
///
/// It asks, and the answer comes as soon as there is something new. Whatever goes wrong on the way, it asks again after
/// the version that it has.
package final class DesiredStateService: Sendable {
    private let taker: any DesiredStateReceiver
    private let asking: CentralClient
    private let reporting: CentralClient
    private let refusals: UplinkRefusals
    private let now: @Sendable () -> MonotonicInstant
    private let jitter: @Sendable () -> Double
    private let wait: Int

    /// At most so often it asks, whatever answers.
    private static let shortestPeriod = Duration.milliseconds(200)
    /// How often what holds is looked at.
    private static let lookPeriod = Duration.milliseconds(250)
    /// How long after one another all of it is told, whether the central service should know it or not; the last goes on.
    /// Soon after the start again, because a building that is new there may not have been introduced before.
    private static let wholePeriods: [Duration] = [.seconds(10), .seconds(60), .seconds(600)]

    /// - Parameters:
    ///   - asking: for requests that wait; `reporting` for those that do not.
    ///   - baseURL: of the central service, without a slash at the end.
    ///   - token: the gateway's token, asked for before each request.
    ///   - refusals: takes what is refused for good, on either side.
    ///   - now: the monotonic clock.
    ///   - jitter: draws a number of 0…1, by which pauses differ between gateways.
    ///   - wait: how long a request waits for something new, seconds. Less than what `HTTPClient` takes for a dead
    ///     link.
    package init(
        taker: any DesiredStateReceiver, asking: any HTTPTransport, reporting: any HTTPTransport, baseURL: String,
        token: @escaping @Sendable () throws -> String, logger: Logger, refusals: UplinkRefusals? = nil,
        now: @escaping @Sendable () -> MonotonicInstant,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }, wait: Int = 15
    ) {
        self.wait = wait
        self.taker = taker
        let refusals = refusals ?? UplinkRefusals(logger: logger)
        self.refusals = refusals
        self.asking = CentralClient(
            transport: asking, baseURL: baseURL, token: token, logger: logger, refusals: refusals)
        self.reporting = CentralClient(
            transport: reporting, baseURL: baseURL, token: token, logger: logger, refusals: refusals)
        self.now = now
        self.jitter = jitter
    }

    /// Runs until its task is cancelled.
    package func run() async {
        async let reports: Void = runReports()
        var course = Course()
        while !Task.isCancelled { await rest(until: await ask(&course)) }
        await reports
    }

    private func runReports() async {
        var course = ReportCourse()
        while !Task.isCancelled { await rest(until: await report(&course)) }
    }

    private func rest(until instant: MonotonicInstant) async {
        let left = instant - now()
        if left > .zero { try? await Task.sleep(for: left) }
    }

    // MARK: Asking

    /// How far the asking has come.
    package struct Course: Sendable {
        fileprivate var pauses = RetryPause()

        package init() {}
    }

    /// Asks once, and takes what comes.
    ///
    /// - Returns: when to ask again.
    package func ask(_ course: inout Course) async -> MonotonicInstant {
        let start = now()
        switch await asking.desiredStates(after: taker.version, wait: wait) {
        case .success(let list):
            taker.take(list)
            note(list)
            course.pauses.succeed()
            return start + Self.shortestPeriod
        case .failure(let failure): return now() + course.pauses.next(after: failure.outcome, jitter: jitter())
        }
    }

    private func note(_ list: DesiredStateList) {
        for desired in list.desiredStates {
            refusals.settle("the wish for \(desired.room?.text ?? desired.device?.text ?? "")")
        }
        for desired in list.rejected { refusals.note("the wish for \(desired.subject)", desired.reason.text) }
    }

    // MARK: Reporting

    /// What the central service has been told.
    package struct ReportCourse: Sendable {
        fileprivate var pauses = RetryPause()
        /// How many go into one report: fewer while one among them is refused.
        fileprivate var atOnce = WireLimits.reportedStatesAtOnce
        fileprivate var told: [String: ReportedState] = [:]
        fileprivate var nextWhole: MonotonicInstant?
        /// How often all of it was due.
        fileprivate var wholes = 0

        package init() {}
    }

    /// Looks at what holds, and tells what is new about it.
    ///
    /// - Returns: when to look again.
    package func report(_ course: inout ReportCourse) async -> MonotonicInstant {
        if course.nextWhole.map({ now() >= $0 }) ?? true {
            course.told = [:]
            course.nextWhole = now() + Self.wholePeriods[min(course.wholes, Self.wholePeriods.count - 1)]
            course.wholes += 1
        }
        let told = course.told
        let news = Array(taker.reportedStates().filter { told[$0.subject] != $0 }.prefix(course.atOnce))
        guard !news.isEmpty else { return now() + Self.lookPeriod }
        let (outcome, refused, why) = await reporting.report(StateReport(reportedStates: news))
        switch outcome {
        case .accepted:
            course.atOnce = min(course.atOnce * 2, WireLimits.reportedStatesAtOnce)
            tell(news, refused: Dictionary(refused.map { ($0.index, $0.reason.text) }) { $1 }, &course)
            return now()
        // A central service that refuses all of a report for one entry of it: smaller ones show which.
        case .refused(let status, _) where Self.isOfReport(status) && news.count > 1:
            course.atOnce = news.count / 2
            return now()
        case .refused(let status, _) where Self.isOfReport(status) && why != nil:
            tell(news, refused: [0: why ?? ""], &course)
            return now() + Self.shortestPeriod
        default: return now() + course.pauses.next(after: outcome, jitter: jitter())
        }
    }

    /// What is told is not told again until it changes, or all of it is due; what was refused neither.
    private func tell(_ news: [ReportedState], refused: [Int: String], _ course: inout ReportCourse) {
        course.pauses.succeed()
        for (index, reported) in news.enumerated() {
            course.told[reported.subject] = reported
            let subject = "the state of \(reported.subject)"
            if let reason = refused[index] {
                refusals.note(subject, reason)
            } else {
                refusals.settle(subject)
            }
        }
    }

    /// Whether a refusal is about what was sent, not about who sends it or where to.
    private static func isOfReport(_ status: Int) -> Bool { [400, 413, 422].contains(status) }
}

extension ReportedState {
    fileprivate var subject: String { room?.text ?? "device \(device?.text ?? "")" }
}
