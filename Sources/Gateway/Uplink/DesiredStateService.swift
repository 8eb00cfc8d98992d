package import Building
import Foundation
package import HTTPClient
package import Logging
package import WireFormat

/// The receiver of desired state from the central service.
package protocol DesiredStateReceiver: Sendable {
    /// The version up to which every desired state has been taken.
    var version: Int64 { get }
    /// Takes what is new in a list. Desired states that were taken before may come again.
    func take(_ list: DesiredStateList)
    /// Returns the reported state of every room and every battery or car.
    func reportedStates() -> [ReportedState]
}

/// The service that fetches desired state from the central service by long polling and sends back the reported state.
///
/// A response comes as soon as there is something new. After any failure, the next request asks again for everything
/// after the version that is known.
package final class DesiredStateService: Sendable {
    private let taker: any DesiredStateReceiver
    private let asking: CentralClient
    private let reporting: CentralClient
    private let refusals: UplinkRefusals
    private let now: @Sendable () -> MonotonicInstant
    private let jitter: @Sendable () -> Double
    private let wait: Int

    /// The shortest period between two requests, whatever the response.
    private static let shortestPeriod = Duration.milliseconds(200)
    /// The interval at which the reported state is checked for changes.
    private static let lookPeriod = Duration.milliseconds(250)
    /// The intervals between complete reports, whether or not the central service should know the state already; the
    /// last one repeats. The first ones are short because a building that is new to the central service may not have
    /// been registered before.
    private static let wholePeriods: [Duration] = [.seconds(10), .seconds(60), .seconds(600)]

    /// Creates the service.
    ///
    /// - Parameters:
    ///   - taker: the receiver of desired state.
    ///   - asking: the transport for long-polling requests.
    ///   - reporting: the transport for reports.
    ///   - baseURL: the base URL of the central service, without a trailing slash.
    ///   - token: returns the gateway's token; called before each request.
    ///   - refusals: the record of what is refused for good, on either side.
    ///   - now: the monotonic clock.
    ///   - jitter: returns a random number of 0…1, by which pauses differ between gateways.
    ///   - wait: the number of seconds that a request waits for something new; less than the time after which
    ///     `HTTPClient` considers a link dead.
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

    /// Sends reports until the task is cancelled.
    private func runReports() async {
        var course = ReportCourse()
        while !Task.isCancelled { await rest(until: await report(&course)) }
    }

    /// Sleeps until an instant of `now`.
    private func rest(until instant: MonotonicInstant) async {
        let left = instant - now()
        if left > .zero { try? await Task.sleep(for: left) }
    }

    // MARK: Desired state

    /// The state of the long polling between two requests.
    package struct Course: Sendable {
        fileprivate var pauses = RetryPause()

        /// Creates the state before the first request.
        package init() {}
    }

    /// Makes one request and passes the response on.
    ///
    /// - Returns: the instant of the next request.
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

    /// Notes the desired states that were rejected, and settles those that were not.
    private func note(_ list: DesiredStateList) {
        for desired in list.desiredStates {
            refusals.settle("the desired state of \(desired.room?.text ?? desired.device?.text ?? "")")
        }
        for desired in list.rejected { refusals.note("the desired state of \(desired.subject)", desired.reason.text) }
    }

    // MARK: Reported state

    /// The state of reporting between two reports.
    package struct ReportCourse: Sendable {
        fileprivate var pauses = RetryPause()
        /// The maximum number of entries in a report; smaller while an entry among them is refused.
        fileprivate var atOnce = WireLimits.reportedStatesAtOnce
        /// The entries that the central service has been sent, by subject.
        fileprivate var told: [String: ReportedState] = [:]
        /// The instant of the next complete report.
        fileprivate var nextWhole: MonotonicInstant?
        /// The number of complete reports so far.
        fileprivate var wholes = 0

        /// Creates the state before the first report.
        package init() {}
    }

    /// Sends the reported states that have changed.
    ///
    /// - Returns: the instant of the next check.
    package func report(_ course: inout ReportCourse) async -> MonotonicInstant {
        if course.nextWhole.map({ now() >= $0 }) ?? true {
            course.told = [:]
            course.nextWhole = now() + Self.wholePeriods[min(course.wholes, Self.wholePeriods.count - 1)]
            course.wholes += 1
        }
        let told = course.told
        let news = Array(taker.reportedStates().filter { told[$0.subject] != $0 }.prefix(course.atOnce))
        guard !news.isEmpty else { return now() + Self.lookPeriod }
        let (outcome, rejected, why) = await reporting.report(StateReport(reportedStates: news))
        switch outcome {
        case .accepted:
            course.atOnce = min(course.atOnce * 2, WireLimits.reportedStatesAtOnce)
            tell(news, rejected: Dictionary(rejected.map { ($0.index, $0.reason.text) }) { $1 }, &course)
            return now()
        // The central service may refuse a whole report because of one entry: smaller reports show which.
        case .refused(let status, _) where Self.isOfReport(status) && news.count > 1:
            course.atOnce = news.count / 2
            return now()
        case .refused(let status, _) where Self.isOfReport(status) && why != nil:
            tell(news, rejected: [0: why ?? ""], &course)
            return now() + Self.shortestPeriod
        default: return now() + course.pauses.next(after: outcome, jitter: jitter())
        }
    }

    /// Notes entries as sent, so that they are sent again only if they change or a complete report is due. This
    /// includes rejected entries.
    private func tell(_ news: [ReportedState], rejected: [Int: String], _ course: inout ReportCourse) {
        course.pauses.succeed()
        for (index, reported) in news.enumerated() {
            course.told[reported.subject] = reported
            let subject = "the state of \(reported.subject)"
            if let reason = rejected[index] {
                refusals.note(subject, reason)
            } else {
                refusals.settle(subject)
            }
        }
    }

    /// Returns whether a refusal concerns the contents of a report, not its sender or its address.
    private static func isOfReport(_ status: Int) -> Bool { [400, 413, 422].contains(status) }
}

extension ReportedState {
    /// The key of a room or device in a report, also used in messages.
    fileprivate var subject: String { room?.text ?? "device \(device?.text ?? "")" }
}
