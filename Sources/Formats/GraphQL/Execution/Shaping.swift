/// The conversion of a resolver's values into results (specification, section 6.4.3), except for the propagation of
/// nulls.
struct Shaping {
    /// The shape that a type requires, looked up once for all values.
    indirect enum Shape {
        case list(Shape, TypeReference)
        case leaf(Leaf)
        /// An object.
        ///
        /// - Parameter possible: The types that the object may have.
        case object(String, possible: Set<String>)
        case unknown
    }

    private let schema: Schema
    /// The objects found so far, whose fields are to be resolved next.
    private(set) var objects: [ObjectResult] = []

    init(schema: Schema) { self.schema = schema }

    func shape(of type: TypeReference) -> Shape {
        switch type {
        case .nonNull(let inner): return shape(of: inner)
        case .list(let element): return .list(shape(of: element), element)
        case .named(let name):
            guard let type = schema.types[name] else { return .unknown }
            return type.isComposite
                ? .object(name, possible: Set(schema.possibleTypes(of: type))) : .leaf(Leaf(type))
        }
    }

    mutating func results(of values: [Resolved], as shape: Shape) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(values.count)
        if case .leaf(let leaf) = shape {
            for value in values { results.append(leaf.result(of: value)) }
        } else {
            for value in values { results.append(result(of: value, as: shape)) }
        }
        return results
    }

    private mutating func result(of value: Resolved, as shape: Shape) -> Result {
        if case .failure(let error) = value { return .failure(error) }
        if case .leaf(.null) = value {
            if case .unknown = shape { return .failure(Executor.internalError) }
            return .leaf(.null)
        }
        switch (shape, value) {
        case (.list(let shape, let element), .list(let values)):
            return .list(results(of: values, as: shape), element)
        case (.list(let shape, let element), .leaf(.list(let values))):
            return .list(results(of: values.map { .leaf($0) }, as: shape), element)
        case (.list, _):
            return .failure(GraphQLError("The field's value must be a list.", code: "INTERNAL"))
        case (.leaf(let leaf), _): return leaf.result(of: value)
        case (.object(_, let possible), .object(let concrete, let source)) where possible.contains(concrete):
            let object = ObjectResult(type: concrete, source: source)
            objects.append(object)
            return .object(object)
        case (.object(let name, _), _): return Leaf.isNo(name)
        case (.unknown, _): return .failure(Executor.internalError)
        }
    }
}

/// The output of a leaf (section 3.5, “result coercion”).
struct Leaf {
    private enum Kind {
        case int, float, string, id, boolean
        case enumeration(Set<String>)
        /// A custom scalar of the service, which accepts every value.
        case own
    }

    private let name: String
    private let kind: Kind

    init(_ type: SchemaType) {
        name = type.name
        kind =
            switch type.name {
            case "Int": .int
            case "Float": .float
            case "String": .string
            case "ID": .id
            case "Boolean": .boolean
            default:
                if case .enumeration = type.form { .enumeration(Set(type.enumValues.map(\.name))) } else { .own }
            }
    }

    func result(of value: Resolved) -> Result {
        switch value {
        case .leaf(.null): .leaf(.null)
        case .leaf(let value): result(of: value)
        case .failure(let error): .failure(error)
        case .list, .object: Self.isNo(name)
        }
    }

    private func result(of value: Value) -> Result {
        switch (kind, value) {
        case (.int, .int(let number)) where Int32(exactly: number) != nil: return .leaf(value)
        case (.float, .float(let number)) where number.isFinite: return .leaf(value)
        case (.float, .int(let number)): return .leaf(.float(Double(number)))
        case (.string, .string), (.id, .string), (.boolean, .boolean), (.own, _): return .leaf(value)
        case (.id, .int(let number)): return .leaf(.string(String(number)))
        case (.enumeration(let names), .enumeration(let name)) where names.contains(name): return .leaf(value)
        case (.enumeration(let names), .string(let name)) where names.contains(name):
            return .leaf(.enumeration(name))
        default: return Self.isNo(name)
        }
    }

    static func isNo(_ type: String) -> Result {
        .failure(GraphQLError("The field's value is not a valid “\(type)”.", code: "INTERNAL"))
    }
}
