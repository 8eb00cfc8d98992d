/// A parsed document: operations and fragments, or the definitions of a schema.
struct Document: Sendable {
    var source: Source
    var operations: [Operation] = []
    var fragments: [Fragment] = []
    var types: [TypeDefinition] = []
    var directives: [DirectiveDefinition] = []
    /// The offset of the first definition that belongs to a schema; `nil` if there is none.
    var firstSchemaDefinition: Int?
}

/// A name with its offset in the document.
struct Name: Hashable, Sendable {
    var text: String
    var offset: Int

    static func == (left: Name, right: Name) -> Bool { left.text == right.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// An operation of a request.
struct Operation: Sendable {
    enum Kind: String, Sendable { case query, mutation, subscription }

    var kind: Kind
    var name: Name?
    var variables: [VariableDefinition]
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

/// The definition of an operation's variable.
struct VariableDefinition: Sendable {
    var name: Name
    var type: TypeReference
    var defaultValue: Literal?
    var directives: [Directive]
}

/// A named fragment with its type condition.
struct Fragment: Sendable {
    var name: Name
    var condition: Name
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

/// An element of a selection set.
enum Selection: Sendable {
    case field(Field)
    case spread(FragmentSpread)
    case inline(InlineFragment)
}

/// A requested field.
struct Field: Sendable {
    var alias: Name?
    var name: Name
    var arguments: [Argument]
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int

    /// The key in the response.
    var key: String { (alias ?? name).text }
}

/// The use of a named fragment.
struct FragmentSpread: Sendable {
    var name: Name
    var directives: [Directive]
    var offset: Int
}

/// A fragment without a name; without a type condition, it applies to every type.
struct InlineFragment: Sendable {
    var condition: Name?
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

/// An argument of a field or directive, or a field of an input object.
struct Argument: Sendable {
    var name: Name
    var value: Literal
}

/// A directive in use.
struct Directive: Sendable {
    var name: Name
    var arguments: [Argument]
    var offset: Int
}

/// A value as written in a document.
struct Literal: Sendable {
    indirect enum Form: Sendable {
        case variable(String)
        case null
        case boolean(Bool)
        case int(String)
        case float(String)
        case string(String)
        case enumeration(String)
        case list([Literal])
        case object([Argument])
    }

    var form: Form
    var offset: Int
}

/// A type as used by a field, argument or variable.
indirect enum TypeReference: Hashable, Sendable, CustomStringConvertible {
    case named(String)
    case list(TypeReference)
    case nonNull(TypeReference)

    /// The type in the specification's notation: `[Device!]!`.
    var description: String {
        switch self {
        case .named(let name): name
        case .list(let element): "[\(element)]"
        case .nonNull(let type): "\(type)!"
        }
    }

    /// The innermost named type.
    var name: String {
        switch self {
        case .named(let name): name
        case .list(let type), .nonNull(let type): type.name
        }
    }

    var isNonNull: Bool {
        if case .nonNull = self { true } else { false }
    }

    /// The type without an outer `!`.
    var nullable: TypeReference {
        if case .nonNull(let type) = self { type } else { self }
    }

    /// The element type of a list; `nil` for other types.
    var element: TypeReference? {
        if case .list(let element) = nullable { element } else { nil }
    }
}

// MARK: Definitions of a schema

/// The definition of a type in a schema.
struct TypeDefinition: Sendable {
    enum Form: Sendable {
        case scalar
        case object(fields: [FieldDefinition], interfaces: [Name])
        case interface(fields: [FieldDefinition], interfaces: [Name])
        case union([Name])
        case enumeration([EnumValueDefinition])
        case input([InputDefinition])
    }

    var description: String?
    var name: Name
    var directives: [Directive]
    var form: Form
}

/// The definition of a field in a schema.
struct FieldDefinition: Sendable {
    var description: String?
    var name: Name
    var arguments: [InputDefinition]
    var type: TypeReference
    var directives: [Directive]
}

/// An argument, or a field of an input object.
struct InputDefinition: Sendable {
    var description: String?
    var name: Name
    var type: TypeReference
    var defaultValue: Literal?
    var directives: [Directive]
}

/// The definition of an enum value in a schema.
struct EnumValueDefinition: Sendable {
    var description: String?
    var name: Name
    var directives: [Directive]
}

/// The definition of a directive in a schema.
struct DirectiveDefinition: Sendable {
    var description: String?
    var name: Name
    var arguments: [InputDefinition]
    var isRepeatable: Bool
    var locations: [String]
}
