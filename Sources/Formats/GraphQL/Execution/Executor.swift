/// The execution of one operation (specification, section 6), level by level: a field is resolved at once for all
/// objects that share it.
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
        // Fields are resolved one after the other, on which mutations rely.
        await resolve(selected, of: [object], type: root)
        var completion = Completion(document: document)
        let data = (try? completion.value(of: object)) ?? .null
        return GraphQLResponse(data: data, errors: completion.errors)
    }

    // MARK: Resolving

    /// Resolves the fields of objects of one type, and everything below.
    private func resolve(_ selected: SelectedFields, of objects: [ObjectResult], type: SchemaType) async {
        let batch = ObjectBatch()
        for (row, object) in objects.enumerated() { object.place = (batch, row) }
        let sources = objects.map(\.source)
        for (key, fields) in selected.groups {
            guard let definition = schema.field(fields[0].name.text, of: type) else { continue }
            let values = await values(of: fields[0], definition, sources, type)
            var shaping = Shaping(schema: schema)
            let shape = shaping.shape(of: definition.type)
            batch.columns.append(
                Column(
                    key: key, parent: type.name, name: definition.name, type: definition.type,
                    offsets: fields.map(\.offset), results: shaping.results(of: values, as: shape)))
            for (name, objects) in Self.byType(shaping.objects) {
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
        of field: Field, _ definition: SchemaField, _ sources: [any Sendable], _ type: SchemaType
    ) async -> [Resolved] {
        func all(_ value: Resolved) -> [Resolved] { [Resolved](repeating: value, count: sources.count) }
        if definition.name == "__typename" { return all(.leaf(.string(type.name))) }
        let request: FieldRequest
        do {
            let arguments = try Coercion(schema: schema).arguments(
                field.arguments, of: definition.arguments, variables: variables)
            request = FieldRequest(type: type.name, name: definition.name, arguments: arguments)
        } catch {
            let places = error.offset.map { [document.source.location(of: $0)] } ?? []
            return all(.failure(GraphQLError("\(error.reason).", locations: places)))
        }
        if type.name.hasPrefix("__") || definition.name.hasPrefix("__") {
            return Introspection(schema: schema).resolve(request, of: sources)
        }
        do {
            let values = try await resolver.resolve(request, of: sources)
            return values.count == sources.count ? values : all(.failure(Self.internalError))
        } catch let error as GraphQLError {
            return all(.failure(error))
        } catch {
            return all(.failure(Self.internalError))
        }
    }

    static let internalError = GraphQLError("The service failed to resolve this field.", code: "INTERNAL")

    private static func byType(_ objects: [ObjectResult]) -> [(String, [ObjectResult])] {
        var order: [String] = []
        var groups: [String: [ObjectResult]] = [:]
        for object in objects {
            if groups[object.type] == nil { order.append(object.type) }
            groups[object.type, default: []].append(object)
        }
        return order.map { ($0, groups[$0]!) }
    }
}

/// A batch of objects of one type whose fields are resolved together. Fields are stored in columns: there may be a
/// hundred thousand objects, and each of their fields is described once.
final class ObjectBatch {
    var columns: [Column] = []
}

/// One field of all objects of a batch.
final class Column {
    let key: String
    /// The type that has the field.
    let parent: String
    let name: String
    let type: TypeReference
    /// The field's offsets in the document.
    let offsets: [Int]
    /// The results, in the order of the objects.
    let results: [Result]
    let mayBeNull: Bool

    init(key: String, parent: String, name: String, type: TypeReference, offsets: [Int], results: [Result]) {
        self.key = key
        self.parent = parent
        self.name = name
        self.type = type
        self.offsets = offsets
        self.results = results
        mayBeNull = !type.isNonNull
    }
}

/// An object of the response under construction.
final class ObjectResult {
    let type: String
    let source: any Sendable
    /// The place of the object's fields.
    var place: (batch: ObjectBatch, row: Int)?
    /// The reason the object has no fields; `nil` if it has them.
    var failure: SelectionFailure?

    init(type: String, source: any Sendable) {
        self.type = type
        self.source = source
    }
}

/// The result of a field for one object.
enum Result {
    case leaf(Value)
    case object(ObjectResult)
    indirect case list([Result], TypeReference)
    indirect case failure(GraphQLError)
}

/// The construction of the response: a null in a non-null position makes its parent null (section 6.4.4). Fields after
/// one that does so are left out, with their errors, since nobody will see them.
struct Completion {
    let document: Document
    private(set) var errors: [GraphQLError] = []
    private var path: [PathElement] = []

    /// The signal that the parent becomes null too. The error has already been recorded.
    private struct NullAbove: Error {}

    init(document: Document) { self.document = document }

    mutating func value(of object: ObjectResult) throws -> Value {
        guard let (batch, row) = object.place else { return .object(Value.Fields()) }
        var fields: [(key: String, value: Value)] = []
        fields.reserveCapacity(batch.columns.count)
        for column in batch.columns {
            // The fast path: most results are valid leaves, and there may be a million.
            if case .leaf(let value) = column.results[row], column.mayBeNull || !value.isNull {
                fields.append((column.key, value))
                continue
            }
            path.append(.key(column.key))
            defer { path.removeLast() }
            fields.append((column.key, try value(of: column.results[row], type: column.type, in: column)))
        }
        return .object(Value.Fields(distinct: fields))
    }

    private mutating func value(of result: Result, type: TypeReference, in field: Column) throws -> Value {
        do {
            let value = try plainValue(of: result, type: type.nullable, in: field)
            if type.isNonNull, value.isNull {
                note(
                    GraphQLError("“\(field.parent).\(field.name)” is null but non-nullable.", code: "INTERNAL"),
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
        of result: Result, type: TypeReference, in field: Column
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

    private mutating func note(_ error: GraphQLError, _ field: Column) {
        var error = error
        if error.locations.isEmpty { error.locations = field.offsets.map { document.source.location(of: $0) } }
        error.path = path
        errors.append(error)
    }
}
