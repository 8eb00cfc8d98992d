/// Turns what a resolver gives into results (specification, section 6.4.3), but for what null does to those above.
struct Shaping {
    /// What a type asks for, looked up once for all values.
    indirect enum Shape {
        case list(Shape, TypeReference)
        case leaf(SchemaType)
        /// - Parameter possible: the types that the object may be of.
        case object(String, possible: Set<String>)
        case unknown
    }

    private let schema: Schema
    /// Those that came up, whose fields are to be resolved next.
    private(set) var objects: [ObjectResult] = []

    init(schema: Schema) { self.schema = schema }

    func shape(of type: TypeReference) -> Shape {
        switch type {
        case .nonNull(let inner): return shape(of: inner)
        case .list(let element): return .list(shape(of: element), element)
        case .named(let name):
            guard let type = schema.types[name] else { return .unknown }
            return type.isComposite ? .object(name, possible: Set(schema.possibleTypes(of: type))) : .leaf(type)
        }
    }

    mutating func result(of value: Resolved, as shape: Shape) -> Result {
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
            return .failure(GraphQLError("The field should hold a list, and does not.", code: "INTERNAL"))
        case (.leaf(let type), .leaf(let value)): return Self.leaf(value, of: type)
        case (.leaf(let type), _): return Self.isNo(type.name)
        case (.object(_, let possible), .object(let concrete, let source)) where possible.contains(concrete):
            let object = ObjectResult(type: concrete, source: source)
            objects.append(object)
            return .object(object)
        case (.object(let name, _), _): return Self.isNo(name)
        case (.unknown, _): return .failure(Executor.internalError)
        }
    }

    private mutating func results(of values: [Resolved], as shape: Shape) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(values.count)
        for value in values { results.append(result(of: value, as: shape)) }
        return results
    }

    private static func isNo(_ name: String) -> Result {
        .failure(GraphQLError("The field holds something that is no “\(name)”.", code: "INTERNAL"))
    }

    /// A leaf as it goes out (section 3.5, “result coercion”).
    private static func leaf(_ value: Value, of type: SchemaType) -> Result {
        switch (type.name, value) {
        case ("Int", .int(let number)) where Int32(exactly: number) != nil: return .leaf(value)
        case ("Float", .float(let number)) where number.isFinite: return .leaf(value)
        case ("Float", .int(let number)): return .leaf(.float(Double(number)))
        case ("String", .string), ("ID", .string), ("Boolean", .boolean): return .leaf(value)
        case ("ID", .int(let number)): return .leaf(.string(String(number)))
        case ("Int", _), ("Float", _), ("String", _), ("ID", _), ("Boolean", _): return isNo(type.name)
        default: break
        }
        guard case .enumeration = type.form else { return .leaf(value) }
        switch value {
        case .enumeration(let name), .string(let name):
            if type.enumValues.contains(where: { $0.name == name }) { return .leaf(.enumeration(name)) }
        default: break
        }
        return isNo(type.name)
    }
}
