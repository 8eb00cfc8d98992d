/// A reader of number ranges as PostgreSQL writes an `int8multirange`: `{[1,5),[7,9)}`.
enum NumberRanges {
    /// Parses ranges in ascending order without overlaps; `nil` if `text` is not a valid multirange.
    static func parse(_ text: String) -> [Range<Int64>]? {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        var ranges: [Range<Int64>] = []
        for part in text.dropFirst().dropLast().split(separator: "[") {
            let bounds = part.drop { $0 == "," }.split(separator: ",")
            guard bounds.count == 2, let lower = Int64(bounds[0]), bounds[1].hasSuffix(")"),
                let upper = Int64(bounds[1].dropLast()), lower < upper
            else { return nil }
            ranges.append(lower..<upper)
        }
        return ranges
    }
}
