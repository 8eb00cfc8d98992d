/// Gives the fields of a service's own types what they hold. One is made for each request, and knows who asks.
package protocol Resolver: Sendable {
    /// Gives one field of several objects of one type at once, so that a thousand objects need no thousand questions to
    /// a database.
    ///
    /// - Parameter sources: the objects, as they were given with `Resolved.object`; for a root field one `Root`.
    /// - Returns: for each source what its field holds, in their order.
    /// - Throws: where no source's field can be given. A `GraphQLError`'s message goes to the client; of any other error
    ///   the client learns only that there was one.
    func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved]
}

/// The source of root fields.
package struct Root: Sendable {
    package init() {}
}

/// Which field is wanted.
package struct FieldRequest: Sendable {
    /// The type whose field it is.
    package var type: String
    package var name: String
    /// As the schema's types take them. What was not given, and has no default, is not among them.
    package var arguments: [String: Value]

    package init(type: String, name: String, arguments: [String: Value] = [:]) {
        self.type = type
        self.name = name
        self.arguments = arguments
    }
}

/// What a field holds.
package enum Resolved: Sendable {
    case leaf(Value)
    /// - Parameter type: the object's own type, also where the field is of an interface or union.
    case object(type: String, any Sendable)
    case list([Resolved])
    /// This one can't be given; others may be.
    case failure(GraphQLError)

    package static var null: Resolved { .leaf(.null) }
}
