/// A request to a GraphQL service (specification, section 6.1).
package struct GraphQLRequest: Sendable, Decodable {
    /// The document with the operation to execute.
    package var query: String
    /// The name of the operation; may be `nil` if the document has only one.
    package var operationName: String?
    /// The values of the operation's variables by name, not yet coerced.
    package var variables: [String: Value]

    /// Creates a request.
    package init(query: String, operationName: String? = nil, variables: [String: Value] = [:]) {
        self.query = query
        self.operationName = operationName
        self.variables = variables
    }

    private enum CodingKeys: CodingKey { case query, operationName, variables }

    /// Decodes a request; `operationName` and `variables` may be absent or null.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        query = try container.decode(String.self, forKey: .query)
        operationName = try container.decodeIfPresent(String.self, forKey: .operationName)
        variables = try container.decodeIfPresent([String: Value].self, forKey: .variables) ?? [:]
    }
}

/// The response to a request (specification, section 7).
package struct GraphQLResponse: Sendable {
    /// The data; `nil` if the request was rejected before it was executed.
    package var data: Value?
    /// The errors of the request or of its fields; empty on success.
    package var errors: [GraphQLError]

    /// Creates a response.
    package init(data: Value?, errors: [GraphQLError]) {
        self.data = data
        self.errors = errors
    }

    /// The response as JSON.
    package var json: String { String(decoding: jsonBytes, as: UTF8.self) }

    /// The response as JSON in UTF-8.
    package var jsonBytes: [UInt8] {
        var fields = Value.Fields()
        if !errors.isEmpty { fields["errors"] = .list(errors.map(Self.value)) }
        if let data { fields["data"] = data }
        var json: [UInt8] = []
        Value.object(fields).write(to: &json)
        return json
    }

    private static func value(_ error: GraphQLError) -> Value {
        var fields = Value.Fields([("message", .string(error.message))])
        if !error.locations.isEmpty {
            fields["locations"] = .list(
                error.locations.map { .object(.init([("line", .int($0.line)), ("column", .int($0.column))])) })
        }
        if !error.path.isEmpty {
            fields["path"] = .list(
                error.path.map { element in
                    switch element {
                    case .key(let key): .string(key)
                    case .index(let index): .int(index)
                    }
                })
        }
        if let code = error.code { fields["extensions"] = .object(.init([("code", .string(code))])) }
        return .object(fields)
    }
}

/// A schema with the limits that apply to requests.
package struct GraphQLService: Sendable {
    /// The schema of the service.
    package let schema: Schema
    /// The limits of a request's cost.
    package let limits: RequestLimits

    /// The error code of a mutation or subscription in a request that must not change anything.
    package static let mustNotMutate = "MUST_NOT_MUTATE"

    /// Creates a service.
    package init(schema: Schema, limits: RequestLimits = .init()) {
        self.schema = schema
        self.limits = limits
    }

    /// Checks a request and executes it. Failures are reported in the response.
    ///
    /// - Parameter mayMutate: `false` for a request by a method that must not change anything, such as HTTP's GET.
    package func execute(
        _ request: GraphQLRequest, mayMutate: Bool = true, resolver: any Resolver
    ) async -> GraphQLResponse {
        let prepared: (executor: Executor, operation: Operation)
        do throws(GraphQLErrors) {
            prepared = try prepare(request, mayMutate: mayMutate, resolver: resolver)
        } catch {
            return GraphQLResponse(data: nil, errors: error.errors)
        }
        return await prepared.executor.execute(prepared.operation)
    }

    private func prepare(
        _ request: GraphQLRequest, mayMutate: Bool, resolver: any Resolver
    ) throws(GraphQLErrors) -> (executor: Executor, operation: Operation) {
        let document = try parse(request.query)
        // Measure before the checks, which take longer the larger a document is with its fragments expanded.
        for operation in document.operations {
            let refusal = Measurement.refusal(
                of: operation, in: document, schema: schema, variables: request.variables, limits: limits)
            if let refusal { throw GraphQLErrors([refusal]) }
        }
        let errors = Validation.errors(in: document, schema: schema)
        guard errors.isEmpty else { throw GraphQLErrors(errors) }
        let operation = try choose(request.operationName, in: document)
        guard mayMutate || operation.kind == .query else {
            throw GraphQLErrors([
                GraphQLError("A \(operation.kind.rawValue) must be sent by POST.", code: Self.mustNotMutate)
            ])
        }
        let variables = try Coercion(schema: schema).variables(
            request.variables, of: operation, in: document.source)
        let executor = Executor(schema: schema, document: document, variables: variables, resolver: resolver)
        return (executor, operation)
    }

    private func parse(_ query: String) throws(GraphQLErrors) -> Document {
        guard query.utf8.count <= limits.bytes else {
            throw GraphQLErrors([
                GraphQLError(
                    "The document has more than \(limits.bytes) bytes. Request less at once.", code: "SIZE_LIMIT")
            ])
        }
        do {
            return try Parser.parse(
                Source(query), limits: .init(tokens: limits.tokens, depth: max(50, 2 * limits.depth)))
        } catch {
            throw GraphQLErrors([error])
        }
    }

    /// Returns the operation to execute (`GetOperation` of section 6.1).
    private func choose(_ name: String?, in document: Document) throws(GraphQLErrors) -> Operation {
        if let name {
            guard let operation = document.operations.first(where: { $0.name?.text == name }) else {
                throw GraphQLErrors([GraphQLError("The document has no operation “\(name)”.")])
            }
            return operation
        }
        guard let operation = document.operations.first else {
            throw GraphQLErrors([GraphQLError("The document contains no operation.")])
        }
        guard document.operations.count == 1 else {
            throw GraphQLErrors([GraphQLError("The document contains several operations: set operationName.")])
        }
        return operation
    }
}

extension Value: Decodable {
    /// Decodes any JSON value. Whole numbers become `int`, other numbers `float`.
    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            var fields = Fields()
            for key in container.allKeys { fields[key.stringValue] = try container.decode(Value.self, forKey: key) }
            self = .object(fields)
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var values: [Value] = []
            while !container.isAtEnd { values.append(try container.decode(Value.self)) }
            self = .list(values)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .int(number)
        } else if let number = try? container.decode(Double.self) {
            self = .float(number)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
