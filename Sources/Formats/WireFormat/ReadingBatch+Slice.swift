extension ReadingBatch {
    /// Returns the rows of some of the batch's numbers as a batch of its own.
    ///
    /// - Parameter part: A non-empty range within `numbers`.
    package func slice(_ part: Range<Int64>) -> ReadingBatch {
        precondition(part.clamped(to: numbers) == part && !part.isEmpty, "a slice must lie within its batch")
        let indices = Int(part.lowerBound - firstNumber)..<Int(part.upperBound - firstNumber)
        return ReadingBatch(store: store, firstNumber: part.lowerBound, series: series, rows: Array(rows[indices]))
    }
}
