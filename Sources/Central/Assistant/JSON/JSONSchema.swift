package import JSON

/// The part of JSON Schema (2020-12) that the tools' inputs use, as a value: what this can't say can't be asked of a
/// model. Objects never allow members beside those named.
package struct JSONSchema: Sendable {
    package indirect enum Shape: Sendable {
        case string(lengths: ClosedRange<Int>)
        /// `format: date-time`; a time without offset is allowed, and means the building's local time.
        case dateTime
        case choice([String])
        case number(ClosedRange<Double>)
        case integer(ClosedRange<Int>)
        case bool
        case array(of: JSONSchema, counts: ClosedRange<Int>)
        case object([Property])
    }

    package struct Property: Sendable {
        package var name: String
        package var schema: JSONSchema
        package var isRequired: Bool
    }

    package var shape: Shape
    /// For the model: meaning, unit, example.
    package var description: String?
    /// Whether `null` is allowed as well.
    package var isNullable = false

    package init(_ shape: Shape, _ description: String? = nil, isNullable: Bool = false) {
        self.shape = shape
        self.description = description
        self.isNullable = isNullable
    }

    package static func object(_ properties: [Property]) -> JSONSchema { JSONSchema(.object(properties)) }

    /// As the providers and MCP want it.
    package var json: JSON {
        var members: [JSON.Member] = [.init("type", isNullable ? [.string(typeName), "null"] : .string(typeName))]
        if let description { members.append(.init("description", .string(description))) }
        switch shape {
        case .string(let lengths):
            members.append(.init("minLength", .integer(lengths.lowerBound)))
            members.append(.init("maxLength", .integer(lengths.upperBound)))
        case .dateTime: members.append(.init("format", "date-time"))
        case .choice(let names): members.append(.init("enum", .array(names.map { .string($0) })))
        case .number(let range):
            members.append(.init("minimum", .number(range.lowerBound)))
            members.append(.init("maximum", .number(range.upperBound)))
        case .integer(let range):
            members.append(.init("minimum", .integer(range.lowerBound)))
            members.append(.init("maximum", .integer(range.upperBound)))
        case .bool: break
        case .array(let element, let counts):
            members.append(.init("items", element.json))
            members.append(.init("minItems", .integer(counts.lowerBound)))
            members.append(.init("maxItems", .integer(counts.upperBound)))
        case .object(let properties):
            members.append(.init("properties", .object(properties.map { .init($0.name, $0.schema.json) })))
            members.append(.init("required", .array(properties.filter(\.isRequired).map { .string($0.name) })))
            members.append(.init("additionalProperties", false))
        }
        return .object(members)
    }

    private var typeName: String {
        switch shape {
        case .string, .dateTime, .choice: "string"
        case .number: "number"
        case .integer: "integer"
        case .bool: "boolean"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONSchema.Property {
    package static func required(_ name: String, _ schema: JSONSchema) -> Self {
        .init(name: name, schema: schema, isRequired: true)
    }

    package static func optional(_ name: String, _ schema: JSONSchema) -> Self {
        .init(name: name, schema: schema, isRequired: false)
    }
}
