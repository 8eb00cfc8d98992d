package import Building

/// Reads a meter's JSON document piece by piece.
package struct MeterDocument {
    /// The place of the record in the list, 1 is the first, and what it says or what is wrong with it.
    package typealias Found = (_ place: Int, Result<MeterRecord, MeterRecordProblem>) throws -> Void

    private var scanner = ObjectScanner()
    /// Records found so far, the bad ones included.
    package private(set) var count = 0

    private let now: Timestamp

    /// - Parameter now: our own clock. Records that are farther ahead of it than clocks differ are refused.
    package init(now: Timestamp) { self.now = now }

    /// Reads on.
    ///
    /// - Throws: `MeterSourceError` where the document is not of the form `{"data":[…]}`; what `found` throws.
    package mutating func read(_ bytes: some Sequence<UInt8>, found: Found) throws {
        var count = count
        let now = now
        defer { self.count = count }
        do {
            try scanner.read(bytes) { object in
                count += 1
                try found(count, Result { () throws(MeterRecordProblem) in try MeterRecord(json: object, now: now) })
            }
        } catch let error as ObjectScanner.Malformed {
            throw MeterSourceError("After \(count) records \(error).")
        }
    }

    /// - Throws: `MeterSourceError` where the document is cut off.
    package func finish() throws {
        guard scanner.isComplete else {
            throw MeterSourceError("The document breaks off after \(count) records.")
        }
    }
}

/// Why readings of a meter could not be had from their source.
package struct MeterSourceError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
