/// A schema: the types, fields and directives of a service (specification, section 3).
package struct Schema: Sendable {
    /// The types by name, including the built-in ones.
    private(set) var types: [String: SchemaType] = [:]
    /// The names of the types in the order of their definition, with the built-in ones at the end.
    private(set) var typeOrder: [String] = []
    private(set) var directives: [SchemaDirective] = []
    let scalars: [String: ScalarRules]

    /// Creates a schema from its text.
    ///
    /// - Parameters:
    ///   - text: Type system definitions in the specification's notation. The operations are `Query` and, if present,
    ///     `Mutation`.
    ///   - scalars: The rules of custom scalars; one without rules accepts every value.
    /// - Throws: `GraphQLError` if the text is not a valid schema.
    package init(_ text: String, scalars: [String: ScalarRules] = [:]) throws(GraphQLError) {
        self.scalars = scalars
        let own = try Parser.parse(Source(text), limits: .init(tokens: 1_000_000, depth: 100))
        guard own.operations.isEmpty, own.fragments.isEmpty else {
            throw GraphQLError("A schema must contain only definitions, no operations or fragments.")
        }
        for definition in own.types {
            guard types[definition.name.text] == nil else {
                throw GraphQLError("The type “\(definition.name.text)” is defined twice.")
            }
            add(SchemaType(definition))
        }
        for name in ["String", "Int", "Float", "Boolean", "ID"] where types[name] == nil {
            add(SchemaType(name: name, description: BuiltIn.scalarDescriptions[name], form: .scalar))
        }
        let builtIn = try Parser.parse(Source(BuiltIn.definitions), limits: .init(tokens: 1_000_000, depth: 100))
        for definition in builtIn.types { add(SchemaType(definition)) }
        directives = (own.directives + builtIn.directives).map(SchemaDirective.init)
        try check()
    }

    private mutating func add(_ type: SchemaType) {
        types[type.name] = type
        typeOrder.append(type.name)
    }

    var query: SchemaType { types["Query"]! }
    var mutation: SchemaType? { types["Mutation"] }

    func directive(_ name: String) -> SchemaDirective? { directives.first { $0.name == name } }

    func root(of kind: Operation.Kind) -> SchemaType? {
        switch kind {
        case .query: query
        case .mutation: mutation
        case .subscription: types["Subscription"]
        }
    }

    /// Returns the definition of a field, including the built-in ones.
    func field(_ name: String, of type: SchemaType) -> SchemaField? {
        if name == "__typename", type.isComposite { return BuiltIn.typeName }
        if type.name == "Query" {
            if name == "__schema" { return BuiltIn.schema }
            if name == "__type" { return BuiltIn.type }
        }
        return type.field(name)
    }

    /// Returns the object types that a value of `type` may have.
    func possibleTypes(of type: SchemaType) -> [String] {
        switch type.form {
        case .object: [type.name]
        case .union(let members): members
        case .interface:
            typeOrder.filter { types[$0]!.isObject && types[$0]!.interfaces.contains(type.name) }
        default: []
        }
    }

    func isInput(_ type: TypeReference) -> Bool {
        switch types[type.name]?.form {
        case .scalar, .enumeration, .input: true
        default: false
        }
    }

    private func check() throws(GraphQLError) {
        guard let query = types["Query"], query.isObject else {
            throw GraphQLError("A schema needs an object type “Query”.")
        }
        for name in typeOrder {
            let type = types[name]!
            for field in type.fields {
                try checkExists(field.type, in: "\(name).\(field.name)")
                guard !isInput(field.type) || types[field.type.name]?.inputs.isEmpty == true else {
                    throw GraphQLError("The field “\(name).\(field.name)” returns an input object.")
                }
                for argument in field.arguments {
                    try checkInput(argument, in: "\(name).\(field.name)(\(argument.name):)")
                }
            }
            for input in type.inputs { try checkInput(input, in: "\(name).\(input.name)") }
            for member in possibleTypes(of: type) + type.interfaces where types[member] == nil {
                throw GraphQLError("“\(name)” refers to “\(member)”, which is not defined.")
            }
            for interface in type.interfaces {
                for field in types[interface]!.fields where type.field(field.name) == nil {
                    throw GraphQLError("“\(name)” lacks the field “\(field.name)” of “\(interface)”.")
                }
            }
        }
    }

    private func checkExists(_ type: TypeReference, in place: String) throws(GraphQLError) {
        guard types[type.name] != nil else {
            throw GraphQLError("“\(place)” has the type “\(type.name)”, which is not defined.")
        }
    }

    private func checkInput(_ input: SchemaInput, in place: String) throws(GraphQLError) {
        try checkExists(input.type, in: place)
        guard isInput(input.type) else {
            throw GraphQLError("“\(place)” has the type “\(input.type.name)”, which is not an input type.")
        }
    }
}

/// The rules by which a custom scalar is parsed.
package struct ScalarRules: Sendable {
    /// Converts a client's value to the value passed to resolvers.
    ///
    /// Throws a `GraphQLError` whose message completes a sentence that begins with the value: `is not a date`.
    package var parse: @Sendable (Value) throws(GraphQLError) -> Value

    /// Creates rules.
    package init(parse: @escaping @Sendable (Value) throws(GraphQLError) -> Value) { self.parse = parse }
}

/// A type of a schema.
struct SchemaType: Sendable {
    enum Form: Sendable {
        case scalar
        case object(fields: [SchemaField], interfaces: [String])
        case interface(fields: [SchemaField], interfaces: [String])
        case union([String])
        case enumeration([SchemaEnumValue])
        case input([SchemaInput])
    }

    var name: String
    var description: String?
    var specifiedByURL: String?
    var form: Form
    private var fieldPlaces: [String: Int] = [:]

    init(name: String, description: String?, form: Form) {
        self.name = name
        self.description = description
        self.form = form
        for (place, field) in fields.enumerated() { fieldPlaces[field.name] = place }
    }

    init(_ definition: TypeDefinition) {
        let form: Form =
            switch definition.form {
            case .scalar: .scalar
            case .object(let fields, let interfaces):
                .object(fields: fields.map(SchemaField.init), interfaces: interfaces.map(\.text))
            case .interface(let fields, let interfaces):
                .interface(fields: fields.map(SchemaField.init), interfaces: interfaces.map(\.text))
            case .union(let members): .union(members.map(\.text))
            case .enumeration(let values):
                .enumeration(
                    values.map {
                        SchemaEnumValue(
                            name: $0.name.text, description: $0.description,
                            deprecation: $0.directives.deprecation)
                    })
            case .input(let fields): .input(fields.map(SchemaInput.init))
            }
        self.init(name: definition.name.text, description: definition.description, form: form)
        specifiedByURL = definition.directives.text(of: "url", in: "specifiedBy")
    }

    var fields: [SchemaField] {
        switch form {
        case .object(let fields, _), .interface(let fields, _): fields
        default: []
        }
    }

    var interfaces: [String] {
        switch form {
        case .object(_, let interfaces), .interface(_, let interfaces): interfaces
        default: []
        }
    }

    var inputs: [SchemaInput] {
        if case .input(let inputs) = form { inputs } else { [] }
    }

    var enumValues: [SchemaEnumValue] {
        if case .enumeration(let values) = form { values } else { [] }
    }

    var isObject: Bool {
        if case .object = form { true } else { false }
    }

    /// A Boolean value that indicates whether fields can be selected on the type.
    var isComposite: Bool {
        switch form {
        case .object, .interface, .union: true
        default: false
        }
    }

    func field(_ name: String) -> SchemaField? { fieldPlaces[name].map { fields[$0] } }
}

/// A field of an object or interface type.
struct SchemaField: Sendable {
    var name: String
    var description: String?
    var arguments: [SchemaInput]
    var type: TypeReference
    var deprecation: String?

    init(_ definition: FieldDefinition) {
        name = definition.name.text
        description = definition.description
        arguments = definition.arguments.map(SchemaInput.init)
        type = definition.type
        deprecation = definition.directives.deprecation
    }

    init(name: String, arguments: [SchemaInput] = [], type: TypeReference) {
        self.name = name
        self.arguments = arguments
        self.type = type
    }

    func argument(_ name: String) -> SchemaInput? { arguments.first { $0.name == name } }
}

/// An argument, or a field of an input object.
struct SchemaInput: Sendable {
    var name: String
    var description: String?
    var type: TypeReference
    var defaultValue: Literal?
    var deprecation: String?

    init(_ definition: InputDefinition) {
        name = definition.name.text
        description = definition.description
        type = definition.type
        defaultValue = definition.defaultValue
        deprecation = definition.directives.deprecation
    }

    /// A Boolean value that indicates whether a client has to give a value.
    var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

/// A value of an enum.
struct SchemaEnumValue: Sendable {
    var name: String
    var description: String?
    /// The reason given with `@deprecated`; `nil` if the element is not deprecated.
    var deprecation: String?
}

/// A directive of a schema.
struct SchemaDirective: Sendable {
    var name: String
    var description: String?
    var arguments: [SchemaInput]
    var isRepeatable: Bool
    var locations: [String]

    init(_ definition: DirectiveDefinition) {
        name = definition.name.text
        description = definition.description
        arguments = definition.arguments.map(SchemaInput.init)
        isRepeatable = definition.isRepeatable
        locations = definition.locations
    }
}

extension [Directive] {
    /// The reason given with `@deprecated`; `nil` if the directive is absent.
    fileprivate var deprecation: String? {
        guard contains(where: { $0.name.text == "deprecated" }) else { return nil }
        return text(of: "reason", in: "deprecated") ?? "No longer supported"
    }

    fileprivate func text(of argument: String, in directive: String) -> String? {
        let arguments = first { $0.name.text == directive }?.arguments ?? []
        guard case .string(let text)? = arguments.first(where: { $0.name.text == argument })?.value.form else {
            return nil
        }
        return text
    }
}
