package import Building

/// The time range of readings, states and changes that a caller has access to: for a guest, from the start of the stay.
///
/// Every query of a room's readings or set-points takes one, so that a room's past can't be read without saying for
/// whom. It comes from `Caller.visible`.
package struct VisibleRange: Hashable, Sendable {
    /// The start of the range; `nil` if it is unlimited.
    package let beginning: Timestamp?

    /// The unlimited range, for operators and for the service's own work.
    package static let everything = VisibleRange(beginning: nil)

    private init(beginning: Timestamp?) { self.beginning = beginning }

    /// Creates the range from `beginning` on, without end.
    package init(from beginning: Timestamp) { self.init(beginning: beginning) }

    /// Returns whether a time is visible.
    package func contains(_ time: Timestamp) -> Bool { beginning.map { $0 <= time } ?? true }

    /// Returns the visible part of `range`; `nil` if there is none.
    func clamped(_ range: Range<Timestamp>) -> Range<Timestamp>? {
        let start = max(beginning ?? range.lowerBound, range.lowerBound)
        return start < range.upperBound ? start..<range.upperBound : nil
    }

    /// The start in milliseconds since 1970; 0 if it is unlimited.
    var start: Int64 { beginning?.millisecondsSince1970 ?? 0 }

    /// The start of the first wholly visible quarter-hour, in milliseconds since 1970. Rollups of earlier ones include
    /// hidden readings.
    var firstWholeQuarter: Int64 {
        let length = Quarters.length
        return (start + length - 1) / length * length
    }
}

extension Caller {
    /// The time range the caller has access to.
    package var visible: VisibleRange {
        switch scope {
        case .guest(_, _, _, let from): VisibleRange(from: from)
        case .operator, .gateway: .everything
        }
    }
}

extension RoomSnapshot {
    /// Returns the snapshot without earlier readings.
    package func seen(in visible: VisibleRange) -> RoomSnapshot {
        guard visible.beginning != nil else { return self }
        var seen = self
        seen.since = visible.beginning
        for index in devices.indices {
            seen.devices[index].latest = devices[index].latest.filter { visible.contains($0.time) }
        }
        return seen
    }
}

extension RoomSetpoint {
    /// Returns the set-point without earlier desired and reported states, and without their authors.
    package func seen(in visible: VisibleRange) -> RoomSetpoint {
        guard visible.beginning != nil else { return self }
        var seen = self
        if let newest, !visible.contains(newest.created) { (seen.newest, seen.desired) = (nil, nil) }
        guard var reported else { return seen }
        guard visible.contains(reported.time) else {
            seen.reported = nil
            return seen
        }
        // The set-point in force is part of the room's present. The desired state behind it is not, if it is an earlier
        // one.
        let isOfBefore = seen.newest.map { reported.version < $0.version } ?? (reported.version > 0 || newest != nil)
        if isOfBefore { (reported.source, reported.who, reported.until, reported.reason) = (nil, nil, nil, nil) }
        seen.reported = reported
        return seen
    }
}
