package import Building

/// Decodes a meter's JSON document in pieces.
package struct MeterDocument {
    /// A callback that gets each record or its error, with its place in the list, counted from 1.
    package typealias Found = (_ place: Int, Result<MeterRecord, MeterRecordProblem>) throws -> Void

    private var scanner = ObjectScanner()
    /// The number of records found so far, including those that could not be decoded.
    package private(set) var count = 0

    private let now: Timestamp

    /// Creates a reader.
    ///
    /// - Parameter now: The current time. Records that are further ahead of it than clocks differ are refused.
    package init(now: Timestamp) { self.now = now }

    /// Reads the next piece of the document.
    ///
    /// - Throws: `MeterSourceError` if the document does not have the form `{"data":[…]}`; the error of `found`.
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

    /// Checks that the document is complete.
    ///
    /// - Throws: `MeterSourceError` if it is truncated.
    package func finish() throws {
        guard scanner.isComplete else {
            throw MeterSourceError("The document is truncated after \(count) records.")
        }
    }
}

/// The reason a meter's readings could not be fetched from their source.
package struct MeterSourceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason, for the log.
    package var description: String

    init(_ description: String) { self.description = description }
}
