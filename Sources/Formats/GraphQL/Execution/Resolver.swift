/// A provider of the fields of a service's own types. One is created for each request and knows the caller.
package protocol Resolver: Sendable {
    /// Resolves one field of several objects of one type at once, so that a thousand objects do not need a thousand
    /// database queries.
    ///
    /// - Parameter sources: The objects, as passed to `Resolved.object`; for a root field a single `Root`.
    /// - Returns: The field's value for each source, in the same order.
    /// - Throws: An error if the field cannot be resolved for any source. The message of a `GraphQLError` goes to the
    ///   client; of any other error the client learns only that there was one.
    func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved]
}

/// The source of root fields.
package struct Root: Sendable {
    /// Creates the source of root fields.
    package init() {}
}

/// A field to resolve.
package struct FieldRequest: Sendable {
    /// The type that has the field.
    package var type: String
    /// The field's name in the schema, not its alias.
    package var name: String
    /// The arguments, coerced to the schema's types. Arguments that were not given and have no default are absent.
    package var arguments: [String: Value]

    /// Creates a request for a field.
    package init(type: String, name: String, arguments: [String: Value] = [:]) {
        self.type = type
        self.name = name
        self.arguments = arguments
    }
}

/// The value of a field.
package enum Resolved: Sendable {
    /// A scalar or an enum value, or null.
    case leaf(Value)
    /// An object.
    ///
    /// - Parameter type: The object's own type, even if the field has an interface or union type.
    case object(type: String, any Sendable)
    /// A list of values.
    case list([Resolved])
    /// A failure of this value alone; others may have succeeded.
    case failure(GraphQLError)

    /// The null value.
    package static var null: Resolved { .leaf(.null) }
}
