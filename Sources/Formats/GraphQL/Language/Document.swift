/// A parsed document: operations and fragments, or the definitions of a schema.
struct Document: Sendable {
    var source: Source
    var operations: [Operation] = []
    var fragments: [Fragment] = []
    var types: [TypeDefinition] = []
    var directives: [DirectiveDefinition] = []
    /// The offset of the first definition that belongs to a schema; `nil` where none does.
    var firstSchemaDefinition: Int?
}

/// A name, and where it stands.
struct Name: Hashable, Sendable {
    var text: String
    var offset: Int

    static func == (left: Name, right: Name) -> Bool { left.text == right.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

struct Operation: Sendable {
    enum Kind: String, Sendable { case query, mutation, subscription }

    var kind: Kind
    var name: Name?
    var variables: [VariableDefinition]
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

struct VariableDefinition: Sendable {
    var name: Name
    var type: TypeReference
    var defaultValue: Literal?
    var directives: [Directive]
}

struct Fragment: Sendable {
    var name: Name
    var condition: Name
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

enum Selection: Sendable {
    case field(Field)
    case spread(FragmentSpread)
    case inline(InlineFragment)
}

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

struct FragmentSpread: Sendable {
    var name: Name
    var directives: [Directive]
    var offset: Int
}

struct InlineFragment: Sendable {
    var condition: Name?
    var directives: [Directive]
    var selections: [Selection]
    var offset: Int
}

struct Argument: Sendable {
    var name: Name
    var value: Literal
}

struct Directive: Sendable {
    var name: Name
    var arguments: [Argument]
    var offset: Int
}

/// A value as it is written in a document.
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

indirect enum TypeReference: Hashable, Sendable, CustomStringConvertible {
    case named(String)
    case list(TypeReference)
    case nonNull(TypeReference)

    /// As the specification writes it: `[Device!]!`.
    var description: String {
        switch self {
        case .named(let name): name
        case .list(let element): "[\(element)]"
        case .nonNull(let type): "\(type)!"
        }
    }

    /// The name at its heart.
    var name: String {
        switch self {
        case .named(let name): name
        case .list(let type), .nonNull(let type): type.name
        }
    }

    var isNonNull: Bool {
        if case .nonNull = self { true } else { false }
    }

    /// Without an outer `!`.
    var nullable: TypeReference {
        if case .nonNull(let type) = self { type } else { self }
    }

    /// What a list holds; `nil` where it is none.
    var element: TypeReference? {
        if case .list(let element) = nullable { element } else { nil }
    }
}

// MARK: Definitions of a schema

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

struct EnumValueDefinition: Sendable {
    var description: String?
    var name: Name
    var directives: [Directive]
}

struct DirectiveDefinition: Sendable {
    var description: String?
    var name: Name
    var arguments: [InputDefinition]
    var isRepeatable: Bool
    var locations: [String]
}
