package import JSON

extension JSON {
    /// Rounded to a thousandth, which is finer than any sensor here; `null` where there is nothing.
    package init(_ value: Double?) {
        guard let value, value.isFinite else {
            self = .null
            return
        }
        self = .number((value * 1000).rounded() / 1000)
    }
}
