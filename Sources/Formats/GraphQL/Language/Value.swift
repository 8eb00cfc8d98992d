/// A value of a variable or of a response. Objects keep the order of their fields.
package enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    /// The name of an enum value, written as a string in a response.
    case enumeration(String)
    case list([Value])
    case object(Fields)

    /// The fields of an object, in their order.
    package struct Fields: Hashable, Sendable {
        /// The keys and values, in their order.
        package private(set) var entries: [(key: String, value: Value)] = []
        /// The index of each key in `entries`, kept only for many entries: for few, a linear search is faster.
        private var places: [String: Int]?

        private static let many = 16

        /// Creates fields; of several entries with one key, the last one wins.
        package init(_ entries: [(key: String, value: Value)] = []) {
            for entry in entries { self[entry.key] = entry.value }
        }

        /// Creates fields from entries with distinct keys.
        ///
        /// - Parameter entries: The entries, in which no key occurs twice.
        init(distinct entries: [(key: String, value: Value)]) {
            self.entries = entries
            if entries.count >= Self.many { indexPlaces() }
        }

        /// Gets or sets the value of a field. A key that is set again keeps its place; setting `nil` does nothing.
        package subscript(key: String) -> Value? {
            get { place(of: key).map { entries[$0].value } }
            set {
                guard let newValue else { return }
                if let place = place(of: key) {
                    entries[place].value = newValue
                } else {
                    places?[key] = entries.count
                    entries.append((key, newValue))
                    if entries.count == Self.many { indexPlaces() }
                }
            }
        }

        private mutating func indexPlaces() {
            places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
        }

        private func place(of key: String) -> Int? {
            guard let places else { return entries.firstIndex { $0.key == key } }
            return places[key]
        }

        /// Returns whether both have the same fields, in any order.
        package static func == (left: Fields, right: Fields) -> Bool {
            left.entries.count == right.entries.count && left.entries.allSatisfy { right[$0.key] == $0.value }
        }

        /// Hashes the number of fields, since the order does not matter for equality.
        package func hash(into hasher: inout Hasher) { hasher.combine(entries.count) }
    }

    /// A Boolean value that indicates whether the value is null.
    package var isNull: Bool { if case .null = self { true } else { false } }
}
