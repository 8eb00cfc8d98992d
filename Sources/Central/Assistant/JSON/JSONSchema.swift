package import JSON

/// The subset of JSON Schema (2020-12) that the tools' inputs use. Objects allow no members except those named.
package struct JSONSchema: Sendable {
    /// The type of a value with its constraints.
    package indirect enum Shape: Sendable {
        /// A string with its number of characters.
        case string(lengths: ClosedRange<Int>)
        /// A string with `format: date-time`; a time without an offset is in the building's time zone.
        case dateTime
        /// One of several strings.
        case choice([String])
        /// A number within a range.
        case number(ClosedRange<Double>)
        /// A whole number within a range.
        case integer(ClosedRange<Int>)
        case bool
        /// An array with its number of elements.
        case array(of: JSONSchema, counts: ClosedRange<Int>)
        /// An object with its members.
        case object([Property])
    }

    /// A member of an object.
    package struct Property: Sendable {
        /// The name of the member.
        package var name: String
        /// The schema of its value.
        package var schema: JSONSchema
        /// A Boolean value that indicates whether the member must be present.
        package var isRequired: Bool
    }

    /// The type and its constraints.
    package var shape: Shape
    /// The description for the model: meaning, unit, example.
    package var description: String?
    /// A Boolean value that indicates whether `null` is allowed as well.
    package var isNullable = false

    /// Creates a schema.
    package init(_ shape: Shape, _ description: String? = nil, isNullable: Bool = false) {
        self.shape = shape
        self.description = description
        self.isNullable = isNullable
    }

    /// Returns the schema of an object without a description.
    package static func object(_ properties: [Property]) -> JSONSchema { JSONSchema(.object(properties)) }

    /// The schema in the form that providers and MCP use.
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
    /// Returns a member that must be present.
    package static func required(_ name: String, _ schema: JSONSchema) -> Self {
        .init(name: name, schema: schema, isRequired: true)
    }

    /// Returns a member that may be absent.
    package static func optional(_ name: String, _ schema: JSONSchema) -> Self {
        .init(name: name, schema: schema, isRequired: false)
    }
}
