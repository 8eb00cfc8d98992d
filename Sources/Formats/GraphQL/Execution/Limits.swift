/// The limits of a request's cost. A request that exceeds one is rejected before it is executed.
package struct RequestLimits: Sendable {
    /// The maximum size of a document, in bytes of UTF-8.
    package var bytes = 100_000
    /// The maximum number of tokens in a document.
    package var tokens = 8_000
    /// The maximum nesting of fields, with fragments expanded.
    package var depth = 15
    /// The maximum number of fields with an alias, with fragments expanded.
    package var aliases = 100
    /// The maximum number of fields, with fragments expanded. Fields within a list count once for each entry requested.
    package var complexity = 100_000
    /// The number of entries assumed for a list of unknown size.
    package var listSize = 10
    /// The maximum number of entries that a list will have, as far as its arguments tell; `nil` if unknown. Throws if
    /// the arguments are rejected.
    package var entries: @Sendable (_ list: AskedList) throws(GraphQLError) -> Int? = { _ in nil }

    /// Creates the default limits.
    package init() {}
}

/// A requested field whose value is a list.
package struct AskedList: Sendable {
    /// The name of the field.
    package var field: String
    /// The arguments that are neither lists nor objects, with the schema's defaults. They have not been checked yet.
    package var arguments: [String: Value]
}

/// The measurement of an operation: its depth, its number of aliases and of fields. Each fragment is measured once, so
/// that this takes no longer than reading the document.
struct Measurement {
    struct Size {
        var depth = 0
        var aliases = 0
        var complexity = 0

        mutating func add(_ other: Size) {
            depth = max(depth, other.depth)
            aliases = Self.sum(aliases, other.aliases)
            complexity = Self.sum(complexity, other.complexity)
        }

        static func sum(_ left: Int, _ right: Int) -> Int {
            let (sum, overflow) = left.addingReportingOverflow(right)
            return overflow ? .max : sum
        }

        static func product(_ left: Int, _ right: Int) -> Int {
            let (product, overflow) = left.multipliedReportingOverflow(by: right)
            return overflow ? .max : product
        }
    }

    private let schema: Schema
    private let limits: RequestLimits
    private let variables: [String: Value]
    private let fragments: [String: Fragment]
    private var measured: [String: Size] = [:]
    /// The reason the arguments of a list are rejected.
    private var refusal: (error: GraphQLError, offset: Int)?

    /// Measures an operation.
    ///
    /// - Returns: The reason the operation is rejected; `nil` if it is within the limits.
    static func refusal(
        of operation: Operation, in document: Document, schema: Schema, variables: [String: Value],
        limits: RequestLimits
    ) -> GraphQLError? {
        let defaults = operation.variables.compactMap { variable in
            variable.defaultValue.flatMap(Self.scalar).map { (variable.name.text, $0) }
        }
        var measurement = Measurement(
            schema: schema, limits: limits,
            variables: variables.merging(defaults) { given, _ in given },
            fragments: Dictionary(document.fragments.map { ($0.name.text, $0) }) { first, _ in first })
        let size = measurement.size(of: operation.selections, on: schema.root(of: operation.kind))
        let place = [document.source.location(of: operation.offset)]
        if let (error, offset) = measurement.refusal {
            return GraphQLError(error.message, locations: [document.source.location(of: offset)], code: error.code)
        }
        if size.depth > limits.depth {
            return GraphQLError(
                "The query nests \(size.depth) levels deep; \(limits.depth) are allowed.", locations: place,
                code: "DEPTH_LIMIT")
        }
        if size.aliases > limits.aliases {
            return GraphQLError(
                "The query has \(size.aliases) aliases; \(limits.aliases) are allowed.", locations: place,
                code: "ALIAS_LIMIT")
        }
        if size.complexity > limits.complexity {
            return GraphQLError(
                "The query may request \(size.complexity) fields; \(limits.complexity) are allowed. "
                    + "Request fewer entries, or fewer fields of each.", locations: place, code: "COMPLEXITY_LIMIT")
        }
        return nil
    }

    private init(schema: Schema, limits: RequestLimits, variables: [String: Value], fragments: [String: Fragment]) {
        self.schema = schema
        self.limits = limits
        self.variables = variables
        self.fragments = fragments
    }

    private mutating func size(of selections: [Selection], on type: SchemaType?) -> Size {
        var size = Size()
        for selection in selections {
            switch selection {
            case .field(let field): size.add(self.size(of: field, on: type))
            case .inline(let fragment):
                size.add(
                    self.size(of: fragment.selections, on: fragment.condition.map { schema.types[$0.text] } ?? type))
            case .spread(let spread):
                if measured[spread.name.text] == nil, let fragment = fragments[spread.name.text] {
                    // It counts for nothing while it is being measured: cycles are rejected elsewhere.
                    measured[spread.name.text] = Size()
                    measured[spread.name.text] = self.size(
                        of: fragment.selections, on: schema.types[fragment.condition.text])
                }
                size.add(measured[spread.name.text] ?? Size())
            }
        }
        return size
    }

    private mutating func size(of field: Field, on type: SchemaType?) -> Size {
        let definition = type.flatMap { schema.field(field.name.text, of: $0) }
        var size = self.size(of: field.selections, on: definition.flatMap { schema.types[$0.type.name] })
        let entries = definition.map { self.entries(of: field, $0) } ?? 1
        size.depth += 1
        size.complexity = Size.product(Size.sum(size.complexity, 1), entries)
        if field.alias != nil { size.aliases = Size.sum(size.aliases, 1) }
        return size
    }

    /// Returns the number of entries that a field requests.
    private mutating func entries(of field: Field, _ definition: SchemaField) -> Int {
        guard definition.type.element != nil else { return 1 }
        var arguments: [String: Value] = [:]
        for argument in definition.arguments {
            let given = field.arguments.first { $0.name.text == argument.name }?.value ?? argument.defaultValue
            if case .variable(let name)? = given?.form {
                arguments[argument.name] = variables[name] ?? argument.defaultValue.flatMap(Self.scalar)
            } else {
                arguments[argument.name] = given.flatMap(Self.scalar)
            }
        }
        do {
            if let known = try limits.entries(AskedList(field: field.name.text, arguments: arguments)) {
                return max(1, known)
            }
        } catch {
            refusal = refusal ?? (error, field.offset)
        }
        if case .int(let count)? = arguments["first"] { return max(1, count) }
        return limits.listSize
    }

    /// Returns the value of a literal; `nil` for lists, objects and variables.
    private static func scalar(_ literal: Literal) -> Value? {
        switch literal.form {
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        // A number too large for an integer requests more than there can be.
        case .int(let text): .int(Int(text) ?? .max)
        case .float(let text): Double(text).map { .float($0) }
        case .string(let text): .string(text)
        case .enumeration(let text): .enumeration(text)
        case .variable, .list, .object: nil
        }
    }
}
