package import Building

/// The time whose readings, states and changes somebody may see: of a guest, from the beginning of the stay on.
///
/// Whatever the store tells of a room's readings or set-points takes one, so that there is no way to a room's past that
/// does not say whose eyes it is for. It comes from `Caller.visible`.
package struct VisibleRange: Hashable, Sendable {
    /// What was before this is not visible; `nil` where everything is.
    package let beginning: Timestamp?

    /// For operators, and for the service's own work.
    package static let everything = VisibleRange(beginning: nil)

    private init(beginning: Timestamp?) { self.beginning = beginning }

    /// From `beginning` on, without end.
    package init(from beginning: Timestamp) { self.init(beginning: beginning) }

    package func contains(_ time: Timestamp) -> Bool { beginning.map { $0 <= time } ?? true }

    /// The part of `range` that is visible; `nil` where none is.
    func clamped(_ range: Range<Timestamp>) -> Range<Timestamp>? {
        let start = max(beginning ?? range.lowerBound, range.lowerBound)
        return start < range.upperBound ? start..<range.upperBound : nil
    }

    /// Milliseconds since 1970; 0 where everything is visible.
    var start: Int64 { beginning?.millisecondsSince1970 ?? 0 }

    /// Where the first quarter of an hour begins that is visible as a whole, milliseconds since 1970: rollups of earlier
    /// ones hold what is not.
    var firstWholeQuarter: Int64 {
        let length = Quarters.length
        return (start + length - 1) / length * length
    }
}

extension Caller {
    /// What of the past the caller may see.
    package var visible: VisibleRange {
        switch scope {
        case .guest(_, _, _, let from): VisibleRange(from: from)
        case .operator, .gateway: .everything
        }
    }
}

extension RoomSnapshot {
    /// Without the readings of before.
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
    /// Without what was wished and reported before, and without a word on who wished it.
    package func seen(in visible: VisibleRange) -> RoomSetpoint {
        guard visible.beginning != nil else { return self }
        var seen = self
        if let newest, !visible.contains(newest.created) { (seen.newest, seen.desired) = (nil, nil) }
        guard var reported else { return seen }
        guard visible.contains(reported.time) else {
            seen.reported = nil
            return seen
        }
        // The set-point in force is the room's present. Whose wish it goes back to, where that is an earlier one, is not.
        let isOfBefore = seen.newest.map { reported.version < $0.version } ?? (reported.version > 0 || newest != nil)
        if isOfBefore { (reported.source, reported.who, reported.until, reported.reason) = (nil, nil, nil, nil) }
        seen.reported = reported
        return seen
    }
}
