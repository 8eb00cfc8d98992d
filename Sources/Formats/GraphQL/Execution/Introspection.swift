internal import JSON

/// The introspection of a schema (specification, section 4).
struct Introspection {
    let schema: Schema

    func resolve(_ field: FieldRequest, of sources: [any Sendable]) -> [Resolved] {
        sources.map { source in
            switch source {
            case is Root: root(field)
            case is SchemaSource: schema(field.name)
            case let type as TypeReference: self.type(type, field)
            case let definition as SchemaField: self.field(definition, field)
            case let input as SchemaInput: self.input(input, field.name)
            case let value as SchemaEnumValue: enumValue(value, field.name)
            case let directive as SchemaDirective: self.directive(directive, field)
            default: .null
            }
        }
    }

    private struct SchemaSource: Sendable {}

    private func root(_ field: FieldRequest) -> Resolved {
        if field.name == "__schema" { return .object(type: "__Schema", SchemaSource()) }
        guard case .string(let name)? = field.arguments["name"], schema.types[name] != nil else { return .null }
        return Self.object(.named(name))
    }

    private func schema(_ name: String) -> Resolved {
        switch name {
        case "types": .list(schema.typeOrder.map { Self.object(.named($0)) })
        case "queryType": Self.object(.named("Query"))
        case "mutationType": schema.mutation == nil ? .null : Self.object(.named("Mutation"))
        case "subscriptionType": schema.types["Subscription"] == nil ? .null : Self.object(.named("Subscription"))
        case "directives": .list(schema.directives.map { .object(type: "__Directive", $0) })
        default: .null
        }
    }

    private func type(_ reference: TypeReference, _ field: FieldRequest) -> Resolved {
        switch reference {
        case .nonNull(let inner):
            switch field.name {
            case "kind": return .leaf(.enumeration("NON_NULL"))
            case "ofType": return Self.object(inner)
            default: return .null
            }
        case .list(let element):
            switch field.name {
            case "kind": return .leaf(.enumeration("LIST"))
            case "ofType": return Self.object(element)
            default: return .null
            }
        case .named(let name):
            guard let type = schema.types[name] else { return .null }
            return self.type(type, field)
        }
    }

    private func type(_ type: SchemaType, _ field: FieldRequest) -> Resolved {
        switch (field.name, type.form) {
        case ("kind", _): return .leaf(.enumeration(Self.kind(of: type)))
        case ("name", _): return .leaf(.string(type.name))
        case ("description", _): return Self.text(type.description)
        case ("specifiedByURL", .scalar): return Self.text(type.specifiedByURL)
        case ("fields", .object), ("fields", .interface):
            return .list(
                Self.kept(type.fields, field, deprecation: \.deprecation).map { .object(type: "__Field", $0) })
        case ("interfaces", .object), ("interfaces", .interface):
            return .list(type.interfaces.map { Self.object(.named($0)) })
        case ("possibleTypes", .interface), ("possibleTypes", .union):
            return .list(schema.possibleTypes(of: type).map { Self.object(.named($0)) })
        case ("enumValues", .enumeration(let values)):
            return .list(
                Self.kept(values, field, deprecation: \.deprecation).map { .object(type: "__EnumValue", $0) })
        case ("inputFields", .input(let inputs)):
            return .list(
                Self.kept(inputs, field, deprecation: \.deprecation).map { .object(type: "__InputValue", $0) })
        default: return .null
        }
    }

    private func field(_ definition: SchemaField, _ field: FieldRequest) -> Resolved {
        switch field.name {
        case "name": .leaf(.string(definition.name))
        case "description": Self.text(definition.description)
        case "args": Self.arguments(definition.arguments, field)
        case "type": Self.object(definition.type)
        case "isDeprecated": .leaf(.boolean(definition.deprecation != nil))
        case "deprecationReason": Self.text(definition.deprecation)
        default: .null
        }
    }

    private func input(_ input: SchemaInput, _ name: String) -> Resolved {
        switch name {
        case "name": .leaf(.string(input.name))
        case "description": Self.text(input.description)
        case "type": Self.object(input.type)
        case "defaultValue": Self.text(input.defaultValue.map(LiteralText.text))
        case "isDeprecated": .leaf(.boolean(input.deprecation != nil))
        case "deprecationReason": Self.text(input.deprecation)
        default: .null
        }
    }

    private func enumValue(_ value: SchemaEnumValue, _ name: String) -> Resolved {
        switch name {
        case "name": .leaf(.string(value.name))
        case "description": Self.text(value.description)
        case "isDeprecated": .leaf(.boolean(value.deprecation != nil))
        case "deprecationReason": Self.text(value.deprecation)
        default: .null
        }
    }

    private func directive(_ directive: SchemaDirective, _ field: FieldRequest) -> Resolved {
        switch field.name {
        case "name": .leaf(.string(directive.name))
        case "description": Self.text(directive.description)
        case "locations": .list(directive.locations.map { .leaf(.enumeration($0)) })
        case "args": Self.arguments(directive.arguments, field)
        case "isRepeatable": .leaf(.boolean(directive.isRepeatable))
        default: .null
        }
    }

    private static func object(_ type: TypeReference) -> Resolved { .object(type: "__Type", type) }

    private static func text(_ text: String?) -> Resolved { .leaf(text.map { .string($0) } ?? .null) }

    private static func arguments(_ arguments: [SchemaInput], _ field: FieldRequest) -> Resolved {
        .list(kept(arguments, field, deprecation: \.deprecation).map { .object(type: "__InputValue", $0) })
    }

    private static func kept<Element>(
        _ elements: [Element], _ field: FieldRequest, deprecation: (Element) -> String?
    ) -> [Element] {
        field.arguments["includeDeprecated"] == .boolean(true)
            ? elements : elements.filter { deprecation($0) == nil }
    }

    private static func kind(of type: SchemaType) -> String {
        switch type.form {
        case .scalar: "SCALAR"
        case .object: "OBJECT"
        case .interface: "INTERFACE"
        case .union: "UNION"
        case .enumeration: "ENUM"
        case .input: "INPUT_OBJECT"
        }
    }
}

/// The text of literals, as in a document.
enum LiteralText {
    static func text(_ literal: Literal) -> String {
        switch literal.form {
        case .variable(let name): "$\(name)"
        case .null: "null"
        case .boolean(let flag): flag ? "true" : "false"
        case .int(let text), .float(let text), .enumeration(let text): text
        case .string(let text): JSON.string(text).description
        case .list(let literals): "[\(literals.map(text).joined(separator: ", "))]"
        case .object(let fields):
            "{\(fields.map { "\($0.name.text): \(text($0.value))" }.joined(separator: ", "))}"
        }
    }
}
