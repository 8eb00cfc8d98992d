package import JSON

extension JSON {
    /// Creates a number rounded to a thousandth, which is finer than any sensor; `null` if there is no finite value.
    package init(_ value: Double?) {
        guard let value, value.isFinite else {
            self = .null
            return
        }
        self = .number((value * 1000).rounded() / 1000)
    }
}
