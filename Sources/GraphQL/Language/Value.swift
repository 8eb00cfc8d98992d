/// A value as it comes in as a variable, or goes out in a response. Objects keep the order of their fields.
public indirect enum Value: Hashable, Sendable {
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
    public struct Fields: Hashable, Sendable {
        public private(set) var entries: [(key: String, value: Value)] = []
        private var places: [String: Int] = [:]

        public init(_ entries: [(key: String, value: Value)] = []) {
            for entry in entries { self[entry.key] = entry.value }
        }

        /// A key that is set again keeps its place.
        public subscript(key: String) -> Value? {
            get { places[key].map { entries[$0].value } }
            set {
                guard let newValue else { return }
                if let place = places[key] {
                    entries[place].value = newValue
                } else {
                    places[key] = entries.count
                    entries.append((key, newValue))
                }
            }
        }

        public static func == (left: Fields, right: Fields) -> Bool {
            left.places.count == right.places.count && left.entries.allSatisfy { right[$0.key] == $0.value }
        }

        public func hash(into hasher: inout Hasher) { hasher.combine(entries.count) }
    }

    public var isNull: Bool { self == .null }
}
