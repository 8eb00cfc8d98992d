/// Executes one operation (specification, section 6), level by level: a field of all objects that share it is resolved
/// in one go.
struct Executor {
    let schema: Schema
    let document: Document
    let fragments: [String: Fragment]
    let variables: [String: Value]
    let resolver: any Resolver

    init(schema: Schema, document: Document, variables: [String: Value], resolver: any Resolver) {
        self.schema = schema
        self.document = document
        self.variables = variables
        self.resolver = resolver
        fragments = Dictionary(document.fragments.map { ($0.name.text, $0) }) { first, _ in first }
    }

    func execute(_ operation: Operation) async -> GraphQLResponse {
        let root = schema.root(of: operation.kind)!
        let object = ObjectResult(type: root.name, source: Root())
        let selected = SelectedFields(
            operation.selections, on: root, in: schema, fragments: fragments, variables: variables)
        if let failure = selected.failure {
            let place = document.source.location(of: failure.offset)
            return GraphQLResponse(data: .null, errors: [GraphQLError(failure.message, locations: [place])])
        }
        // One field after the other, which mutations rely on.
        await resolve(selected, of: [object], type: root)
        var completion = Completion(document: document)
        let data = (try? completion.value(of: object)) ?? .null
        return GraphQLResponse(data: data, errors: completion.errors)
    }

    // MARK: Resolving

    /// Resolves the fields of objects of one type, and everything below.
    private func resolve(_ selected: SelectedFields, of objects: [ObjectResult], type: SchemaType) async {
        for (key, fields) in selected.groups {
            guard let definition = schema.field(fields[0].name.text, of: type) else { continue }
            let values = await values(of: fields[0], definition, objects, type)
            var below: [ObjectResult] = []
            for (object, value) in zip(objects, values) {
                let result = result(of: value, type: definition.type, &below)
                object.fields.append(
                    FieldResult(
                        key: key, parent: type.name, name: definition.name, type: definition.type,
                        offsets: fields.map(\.offset), result: result))
            }
            for (name, objects) in Self.byType(below) {
                let type = schema.types[name]!
                let selected = SelectedFields(
                    merging: fields, on: type, in: schema, fragments: fragments, variables: variables)
                if let failure = selected.failure {
                    for object in objects { object.failure = failure }
                } else {
                    await resolve(selected, of: objects, type: type)
                }
            }
        }
    }

    private func values(
        of field: Field, _ definition: SchemaField, _ objects: [ObjectResult], _ type: SchemaType
    ) async -> [Resolved] {
        if definition.name == "__typename" { return objects.map { .leaf(.string($0.type)) } }
        let request: FieldRequest
        do {
            let arguments = try Coercion(schema: schema).arguments(
                field.arguments, of: definition.arguments, variables: variables)
            request = FieldRequest(type: type.name, name: definition.name, arguments: arguments)
        } catch {
            let places = error.offset.map { [document.source.location(of: $0)] } ?? []
            return objects.map { _ in .failure(GraphQLError("\(error.reason).", locations: places)) }
        }
        if type.name.hasPrefix("__") || definition.name.hasPrefix("__") {
            return Introspection(schema: schema).resolve(request, of: objects.map(\.source))
        }
        do {
            let values = try await resolver.resolve(request, of: objects.map(\.source))
            guard values.count == objects.count else {
                return objects.map { _ in .failure(Self.internalError) }
            }
            return values
        } catch let error as GraphQLError {
            return objects.map { _ in .failure(error) }
        } catch {
            return objects.map { _ in .failure(Self.internalError) }
        }
    }

    private static let internalError = GraphQLError("The service failed to give this field.", code: "INTERNAL")

    private static func byType(_ objects: [ObjectResult]) -> [(String, [ObjectResult])] {
        var order: [String] = []
        var groups: [String: [ObjectResult]] = [:]
        for object in objects {
            if groups[object.type] == nil { order.append(object.type) }
            groups[object.type, default: []].append(object)
        }
        return order.map { ($0, groups[$0]!) }
    }

    // MARK: Completing (6.4.3), but for what null does to those above

    private func result(of value: Resolved, type: TypeReference, _ below: inout [ObjectResult]) -> Result {
        if case .failure(let error) = value { return .failure(error) }
        switch type {
        case .nonNull(let inner): return result(of: value, type: inner, &below)
        case .list(let element):
            switch value {
            case .leaf(.null): return .leaf(.null)
            case .list(let values): return .list(values.map { result(of: $0, type: element, &below) }, element)
            case .leaf(.list(let values)):
                return .list(values.map { result(of: .leaf($0), type: element, &below) }, element)
            default: return .failure(GraphQLError("The field should hold a list, and does not.", code: "INTERNAL"))
            }
        case .named(let name):
            guard let type = schema.types[name] else { return .failure(Self.internalError) }
            switch value {
            case .leaf(.null): return .leaf(.null)
            case .leaf(let value) where !type.isComposite: return leaf(value, of: type)
            case .object(let concrete, let source) where schema.possibleTypes(of: type).contains(concrete):
                let object = ObjectResult(type: concrete, source: source)
                below.append(object)
                return .object(object)
            default: return .failure(GraphQLError("The field holds something that is no “\(name)”.", code: "INTERNAL"))
            }
        }
    }

    /// A leaf as it goes out (section 3.5, “result coercion”).
    private func leaf(_ value: Value, of type: SchemaType) -> Result {
        switch (type.name, value) {
        case ("Int", .int(let number)) where Int32(exactly: number) != nil: return .leaf(value)
        case ("Float", .float(let number)) where number.isFinite: return .leaf(value)
        case ("Float", .int(let number)): return .leaf(.float(Double(number)))
        case ("String", .string), ("ID", .string), ("Boolean", .boolean): return .leaf(value)
        case ("ID", .int(let number)): return .leaf(.string(String(number)))
        case ("Int", _), ("Float", _), ("String", _), ("ID", _), ("Boolean", _):
            return .failure(GraphQLError("The field holds something that is no “\(type.name)”.", code: "INTERNAL"))
        default: break
        }
        guard case .enumeration = type.form else { return .leaf(value) }
        switch value {
        case .enumeration(let name), .string(let name):
            if type.enumValues.contains(where: { $0.name == name }) { return .leaf(.enumeration(name)) }
        default: break
        }
        return .failure(GraphQLError("The field holds something that is no “\(type.name)”.", code: "INTERNAL"))
    }
}

/// An object of the response in the making.
final class ObjectResult {
    let type: String
    let source: any Sendable
    var fields: [FieldResult] = []
    /// Where it is there, there are no fields.
    var failure: SelectionFailure?

    init(type: String, source: any Sendable) {
        self.type = type
        self.source = source
    }
}

struct FieldResult {
    var key: String
    /// The type whose field it is.
    var parent: String
    var name: String
    var type: TypeReference
    /// Where the field stands in the document.
    var offsets: [Int]
    var result: Result
}

indirect enum Result {
    case leaf(Value)
    case object(ObjectResult)
    case list([Result], TypeReference)
    case failure(GraphQLError)
}

/// Puts the response together: a null where none may be makes what is above it null (section 6.4.4). Fields after one
/// that does so are left out with their errors, since nobody will see them.
struct Completion {
    let document: Document
    private(set) var errors: [GraphQLError] = []
    private var path: [PathElement] = []

    /// What is above becomes null too. The error is noted already.
    private struct NullAbove: Error {}

    init(document: Document) { self.document = document }

    mutating func value(of object: ObjectResult) throws -> Value {
        var fields = Value.Fields()
        for field in object.fields {
            path.append(.key(field.key))
            defer { path.removeLast() }
            fields[field.key] = try value(of: field.result, type: field.type, in: field)
        }
        return .object(fields)
    }

    private mutating func value(of result: Result, type: TypeReference, in field: FieldResult) throws -> Value {
        do {
            let value = try plainValue(of: result, type: type.nullable, in: field)
            if type.isNonNull, value.isNull {
                note(
                    GraphQLError("“\(field.parent).\(field.name)” is null, and its type never is.", code: "INTERNAL"),
                    field)
                throw NullAbove()
            }
            return value
        } catch is NullAbove {
            guard !type.isNonNull else { throw NullAbove() }
            return .null
        }
    }

    private mutating func plainValue(
        of result: Result, type: TypeReference, in field: FieldResult
    ) throws -> Value {
        switch result {
        case .leaf(let value): return value
        case .object(let object):
            if let failure = object.failure {
                let place = document.source.location(of: failure.offset)
                note(GraphQLError(failure.message, locations: [place]), field)
                throw NullAbove()
            }
            return try value(of: object)
        case .list(let results, let element):
            var values: [Value] = []
            values.reserveCapacity(results.count)
            for (index, result) in results.enumerated() {
                path.append(.index(index))
                defer { path.removeLast() }
                values.append(try value(of: result, type: element, in: field))
            }
            return .list(values)
        case .failure(let error):
            note(error, field)
            throw NullAbove()
        }
    }

    private mutating func note(_ error: GraphQLError, _ field: FieldResult) {
        var error = error
        if error.locations.isEmpty { error.locations = field.offsets.map { document.source.location(of: $0) } }
        error.path = path
        errors.append(error)
    }
}
