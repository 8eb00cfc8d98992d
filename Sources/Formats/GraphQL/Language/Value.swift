/// A value as it comes in as a variable, or goes out in a response. Objects keep the order of their fields.
package enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    /// Written as a text in a response.
    case enumeration(String)
    case list([Value])
    case object(Fields)

    /// The fields of an object, in their order.
    package struct Fields: Hashable, Sendable {
        package private(set) var entries: [(key: String, value: Value)] = []
        /// Of the entries, once there are many: of few, looking at each is faster.
        private var places: [String: Int]?

        private static let many = 16

        package init(_ entries: [(key: String, value: Value)] = []) {
            for entry in entries { self[entry.key] = entry.value }
        }

        /// - Parameter entries: no key among them twice.
        init(distinct entries: [(key: String, value: Value)]) {
            self.entries = entries
            if entries.count >= Self.many { indexPlaces() }
        }

        /// A key that is set again keeps its place.
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

        package static func == (left: Fields, right: Fields) -> Bool {
            left.entries.count == right.entries.count && left.entries.allSatisfy { right[$0.key] == $0.value }
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(entries.count) }
    }

    package var isNull: Bool { if case .null = self { true } else { false } }
}
