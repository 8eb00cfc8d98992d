internal import Assistant
internal import Building
internal import Foundation
internal import Storage

/// A room of the central database, for the assistant's tools.
struct DatabaseRoom: RoomService {
    let store: CentralStore
    let address: RoomAddress
    /// The range of the room's past that the caller has access to.
    let visible: VisibleRange
    let confirmation: SetpointConfirmation

    var place: Assistant.RoomLocation {
        Assistant.RoomLocation(
            slug: address.slug, name: address.name, building: address.buildingName, calendar: address.calendar)
    }

    var knownSince: Timestamp? { visible.beginning }

    var celsiusLimits: ClosedRange<Double> { confirmation.origin.celsiusLimits }

    /// The longest range for states; longer ones would have to read too many readings.
    private static let longestForStates = Duration.seconds(31 * 86_400)
    /// The longest range for comfort, which is judged by quarter-hours.
    private static let longestForComfort = Duration.seconds(EnergyResolution.quarterHour.longestDays * 86_400)
    private static let occupied = "occupied"
    /// The longest time for which a reason applies, in seconds.
    private static let reasonHolds: Int64 = 86_400

    func status() async throws -> RoomStatus {
        guard let snapshot = try await store.snapshot(ofRoom: address.room, visible: visible) else {
            throw RoomIsGone()
        }
        let now = store.currentTime
        let temperature = try await series(of: .temperature)
        let coverage = try await store.coverage(
            of: temperature, in: now.advanced(by: .seconds(-3600))..<now)
        return RoomStatus(
            readings: snapshot.speakers, heating: snapshot.heating,
            desired: try await store.setpoint(ofRoom: address.room, visible: visible)?.desired.map(
                DesiredTemperature.init),
            coveragePercent: coverage * 100)
    }

    func history(_ question: HistoryRequest) async throws -> HistoryResult {
        let series = try await series(of: question.datapoint)
        if question.datapoint == .presenceState { return try await presence(question, series) }
        let coverage = try await store.coverage(of: series, in: question.range) * 100
        guard let statistics = try await store.statistics(of: series, in: question.range) else {
            return HistoryResult(value: nil, time: nil, samples: 0, coveragePercent: coverage, quality: .good)
        }
        let (value, time): (Double, Timestamp?) =
            switch question.statistic {
            case .average: (statistics.average, nil)
            case .minimum: (statistics.minimum, statistics.minimumTime)
            case .maximum: (statistics.maximum, statistics.maximumTime)
            case .lastSeen: (statistics.last, statistics.lastTime)
            }
        return HistoryResult(
            value: .number(value), time: time, samples: statistics.count, coveragePercent: coverage,
            quality: statistics.quality)
    }

    private func presence(_ question: HistoryRequest, _ series: RoomSeries) async throws -> HistoryResult {
        try Self.requireLength(question.range, atMost: Self.longestForStates)
        let coverage = try await store.coverage(of: series, in: question.range, areStates: true) * 100
        guard let states = try await store.states(of: series, being: Self.occupied, in: question.range) else {
            return HistoryResult(value: nil, time: nil, samples: 0, coveragePercent: coverage, quality: .good)
        }
        let isShare = question.statistic == .average
        return HistoryResult(
            value: isShare ? states.share.map { ReadingValue.number($0 * 100) } : ReadingValue.text(states.last),
            time: isShare ? nil : states.lastTime, samples: states.count, coveragePercent: coverage,
            quality: states.quality)
    }

    func comfort(_ range: Range<Timestamp>) async throws -> ComfortReport {
        try Self.requireLength(range, atMost: Self.longestForComfort)
        let temperature = try await series(of: .temperature)
        let quarters = try await store.climate(
            temperature: temperature, setpoint: try await series(of: .setpoint), in: range)
        var judgement = ComfortJudgement(quarters)
        let reasons = try await series(of: ComfortJudgement.reason)
        if reasons.isKnown {
            for index in judgement.discomforts.indices {
                judgement.discomforts[index].reasons = try await said(reasons, in: judgement.discomforts[index].range)
            }
        }
        return judgement.report(
            coveragePercent: try await store.coverage(of: temperature, in: range) * 100,
            quality: try await store.worstQuality(of: temperature, in: range))
    }

    /// Returns the control loop's reasons in order, including the last one before the range: the loop sends a reason
    /// when it moves the valve, and it applies until the next move.
    private func said(_ series: RoomSeries, in range: Range<Timestamp>) async throws -> [String] {
        let start = range.lowerBound.millisecondsSince1970 / 1000
        let entries = try await store.textHistory(
            of: series, in: CalendarBuckets(.quarter, calendar: address.calendar),
            from: start - Self.reasonHolds, before: range.upperBound.millisecondsSince1970 / 1000, limit: 192)
        let before = entries.last { $0.start < start }
        let within = entries.filter { $0.start >= start }
        return ([before].compactMap(\.self) + within).reduce(into: [String]()) { reasons, entry in
            if reasons.last != entry.last { reasons.append(entry.last) }
        }
    }

    func setDesired(_ desired: DesiredTemperature) async throws -> DesiredTemperatureOutcome {
        let (store, address, confirmation) = (store, address, confirmation)
        let kept = try await store.setDesired(
            celsius: desired.celsius, until: desired.until, forRoom: address.room, by: confirmation.origin)
        guard let (previous, setpoint) = kept else { throw RoomIsGone() }
        // The stored end, which is that of the guest's token at the latest.
        var desired = desired
        if desired.until != nil, let stored = setpoint.newest { desired.until = stored.until }
        let answered = try await confirmation.answer(to: setpoint, of: store)
        let isAbout = answered.reported.map { $0.version == answered.newest?.version } ?? false
        return DesiredTemperatureOutcome(
            previous: previous.map(DesiredTemperature.init) ?? DesiredTemperature(celsius: nil, until: nil),
            desired: desired,
            reportedCelsius: answered.reported?.celsius, isApplied: answered.isApplied,
            reason: isAbout ? answered.reported?.reason : nil)
    }

    private func series(of datapoint: Datapoint) async throws -> RoomSeries {
        let series = try await store.series(
            of: datapoint.name, inRoom: address.room, device: nil, visible: visible)
        guard let series else { throw RoomIsGone() }
        return series
    }

    private static func requireLength(_ range: Range<Timestamp>, atMost longest: Duration) throws(ToolError) {
        guard range.upperBound <= range.lowerBound.advanced(by: longest) else {
            throw ToolError("The range is longer than \(Int(longest.inSeconds / 86_400)) days. Ask for a shorter one.")
        }
    }
}

/// The error of a room that was removed in the meantime.
struct RoomIsGone: Error {}

extension RoomAddress {
    /// The room's key in the tools: `grand/room-101`.
    var key: String { building + "/" + slug }
}
