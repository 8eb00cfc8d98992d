/// The coercion of clients' values to the types of a schema (specification, sections 3 and 6.1.2).
struct Coercion: Sendable {
    let schema: Schema

    /// The reason a value was rejected. `reason` completes a sentence whose subject is the value.
    struct Failure: Error {
        var reason: String
        /// The path from the value down to the wrong part.
        var path: [PathElement] = []
        /// The offset of the wrong value in the document, if it is in the document.
        var offset: Int?

        func within(_ element: PathElement) -> Failure {
            Failure(reason: reason, path: [element] + path, offset: offset)
        }
    }

    // MARK: Variables

    /// Returns the values of an operation's variables. Variables that were not given and have no default are absent.
    ///
    /// - Throws: All errors found in the variables.
    func variables(
        _ given: [String: Value], of operation: Operation, in source: Source
    ) throws(GraphQLErrors) -> [String: Value] {
        var values: [String: Value] = [:]
        var errors: [GraphQLError] = []
        for variable in operation.variables {
            let name = variable.name.text
            let place = [source.location(of: variable.name.offset)]
            guard let value = given[name] else {
                if let standard = variable.defaultValue {
                    values[name] = try? coerce(standard, to: variable.type, variables: [:])
                } else if variable.type.isNonNull {
                    errors.append(
                        GraphQLError(
                            "The variable “$\(name)” of type “\(variable.type)” is required.", locations: place))
                }
                continue
            }
            do {
                values[name] = try coerce(value, to: variable.type)
            } catch {
                let path = error.path.isEmpty ? "" : " at “\(name)\(Self.text(of: error.path))”"
                errors.append(
                    GraphQLError(
                        "The variable “$\(name)” has an invalid value\(path): it \(error.reason).",
                        locations: place))
            }
        }
        guard errors.isEmpty else { throw GraphQLErrors(errors) }
        return values
    }

    /// Returns the value of a variable, coerced to `type`.
    func coerce(_ value: Value, to type: TypeReference) throws(Failure) -> Value {
        switch type {
        case .nonNull(let inner):
            guard !value.isNull else { throw Failure(reason: "is null, but “\(type)” is non-null") }
            return try coerce(value, to: inner)
        case .list(let element):
            if value.isNull { return .null }
            // A single value is accepted as a list of one.
            guard case .list(let values) = value else { return .list([try coerce(value, to: element)]) }
            var coerced: [Value] = []
            for (index, value) in values.enumerated() {
                do { coerced.append(try coerce(value, to: element)) } catch { throw error.within(.index(index)) }
            }
            return .list(coerced)
        case .named(let name):
            if value.isNull { return .null }
            guard let type = schema.types[name] else { throw Failure(reason: "has the unknown type “\(name)”") }
            return try coerce(value, toNamed: type)
        }
    }

    private func coerce(_ value: Value, toNamed type: SchemaType) throws(Failure) -> Value {
        switch type.form {
        case .input(let inputs):
            guard case .object(let fields) = value else { throw Failure(reason: "is not an object") }
            for entry in fields.entries where !inputs.contains(where: { $0.name == entry.key }) {
                throw Failure(reason: "has the unknown field “\(entry.key)” of “\(type.name)”")
            }
            var coerced = Value.Fields()
            for input in inputs {
                if let value = fields[input.name] {
                    do {
                        coerced[input.name] = try coerce(value, to: input.type)
                    } catch { throw error.within(.key(input.name)) }
                } else {
                    try complete(input, in: &coerced)
                }
            }
            return .object(coerced)
        case .enumeration(let values):
            guard case .string(let name) = value, values.contains(where: { $0.name == name }) else {
                throw Failure(reason: "is not one of \(type.enumValues.map(\.name).joined(separator: ", "))")
            }
            return .enumeration(name)
        default: return try coerce(value, toScalar: type.name)
        }
    }

    private func complete(_ input: SchemaInput, in fields: inout Value.Fields) throws(Failure) {
        if let standard = input.defaultValue {
            fields[input.name] = try coerce(standard, to: input.type, variables: [:])
        } else if input.type.isNonNull {
            throw Failure(reason: "lacks the field “\(input.name)” of type “\(input.type)”")
        }
    }

    /// Returns the value of a literal, coerced to `type`.
    ///
    /// - Parameter variables: The variables that were given or have a default.
    private func coerce(_ value: Value, toScalar name: String) throws(Failure) -> Value {
        switch (name, value) {
        case ("Int", .int(let number)):
            guard let whole = Int32(exactly: number) else { throw Failure(reason: "is not a 32-bit integer") }
            return .int(Int(whole))
        case ("Int", .float(let number)):
            guard let whole = Int32(exactly: number) else { throw Failure(reason: "is not a 32-bit integer") }
            return .int(Int(whole))
        case ("Float", .int(let number)): return .float(Double(number))
        case ("Float", .float(let number)):
            guard number.isFinite else { throw Failure(reason: "is not a finite number") }
            return value
        case ("String", .string), ("Boolean", .boolean), ("ID", .string): return value
        case ("ID", .int(let number)): return .string(String(number))
        case ("Int", _): throw Failure(reason: "is not an integer")
        case ("Float", _): throw Failure(reason: "is not a number")
        case ("String", _), ("ID", _): throw Failure(reason: "is not a string")
        case ("Boolean", _): throw Failure(reason: "is neither true nor false")
        default:
            guard let rules = schema.scalars[name] else { return value }
            do { return try rules.parse(value) } catch { throw Failure(reason: error.message) }
        }
    }

    // MARK: Literals

    /// The value of a literal for a type.
    ///
    /// - Parameter variables: The variables that were given or have a default.
    func coerce(
        _ literal: Literal, to type: TypeReference, variables: [String: Value]
    ) throws(Failure) -> Value {
        if case .variable(let name) = literal.form {
            let value = variables[name] ?? .null
            if type.isNonNull, value.isNull {
                throw Failure(reason: "is null, but “\(type)” is non-null", offset: literal.offset)
            }
            return value
        }
        switch type {
        case .nonNull(let inner):
            if case .null = literal.form { throw Failure(reason: "is null, but “\(type)” is non-null") }
            return try coerce(literal, to: inner, variables: variables)
        case .list(let element):
            switch literal.form {
            case .null: return .null
            case .list(let literals):
                var coerced: [Value] = []
                for (index, literal) in literals.enumerated() {
                    do {
                        coerced.append(try coerce(literal, to: element, variables: variables))
                    } catch { throw error.within(.index(index)) }
                }
                return .list(coerced)
            default: return .list([try coerce(literal, to: element, variables: variables)])
            }
        case .named(let name):
            if case .null = literal.form { return .null }
            guard let type = schema.types[name] else { throw Failure(reason: "has the unknown type “\(name)”") }
            return try coerce(literal, toNamed: type, variables: variables)
        }
    }

    private func coerce(
        _ literal: Literal, toNamed type: SchemaType, variables: [String: Value]
    ) throws(Failure) -> Value {
        switch type.form {
        case .input(let inputs):
            guard case .object(let fields) = literal.form else { throw Failure(reason: "is not an object") }
            for field in fields where !inputs.contains(where: { $0.name == field.name.text }) {
                throw Failure(reason: "has the unknown field “\(field.name.text)” of “\(type.name)”")
            }
            var coerced = Value.Fields()
            for input in inputs {
                guard let field = fields.first(where: { $0.name.text == input.name }),
                    !isMissing(field.value, variables)
                else {
                    try complete(input, in: &coerced)
                    continue
                }
                do {
                    coerced[input.name] = try coerce(field.value, to: input.type, variables: variables)
                } catch { throw error.within(.key(input.name)) }
            }
            return .object(coerced)
        case .enumeration:
            guard case .enumeration(let name) = literal.form else {
                throw Failure(reason: "is not a value of “\(type.name)”: write it without quotes")
            }
            return try coerce(Value.string(name), toNamed: type)
        default:
            return try coerce(try plain(literal, variables, scalar: type.name), toScalar: type.name)
        }
    }

    /// Returns whether the literal is a variable that was not given. Its field or argument then counts as absent.
    func isMissing(_ literal: Literal, _ variables: [String: Value]) -> Bool {
        if case .variable(let name) = literal.form { variables[name] == nil } else { false }
    }

    private func plain(
        _ literal: Literal, _ variables: [String: Value], scalar: String
    ) throws(Failure) -> Value {
        switch literal.form {
        case .variable(let name): return variables[name] ?? .null
        case .null: return .null
        case .boolean(let flag): return .boolean(flag)
        case .int(let text):
            guard let number = Int(text) else {
                guard scalar == "ID" else { return .float(Double(text) ?? .infinity) }
                return .string(text)
            }
            return .int(number)
        case .float(let text):
            guard scalar != "Int" else { throw Failure(reason: "is not an integer") }
            return .float(Double(text) ?? .infinity)
        case .string(let text): return .string(text)
        case .enumeration(let name):
            guard schema.scalars[scalar] != nil || !BuiltIn.scalarDescriptions.keys.contains(scalar) else {
                throw Failure(reason: "is an unquoted name, which “\(scalar)” does not accept")
            }
            return .enumeration(name)
        case .list(let literals):
            var values: [Value] = []
            for literal in literals { values.append(try plain(literal, variables, scalar: scalar)) }
            return .list(values)
        case .object(let arguments):
            var fields = Value.Fields()
            for argument in arguments {
                fields[argument.name.text] = try plain(argument.value, variables, scalar: scalar)
            }
            return .object(fields)
        }
    }

    // MARK: Arguments

    /// Returns the arguments of a field or directive (section 6.4.1). Arguments that were not given and have no default
    /// are absent.
    func arguments(
        _ given: [Argument], of inputs: [SchemaInput], variables: [String: Value]
    ) throws(Failure) -> [String: Value] {
        var values: [String: Value] = [:]
        for input in inputs {
            if let argument = given.first(where: { $0.name.text == input.name }),
                !isMissing(argument.value, variables)
            {
                do {
                    values[input.name] = try coerce(argument.value, to: input.type, variables: variables)
                } catch {
                    throw Failure(
                        reason: "The argument “\(input.name)” \(error.reason)", path: error.path, offset: error.offset)
                }
            } else if let standard = input.defaultValue {
                values[input.name] = try coerce(standard, to: input.type, variables: [:])
            } else if input.type.isNonNull {
                throw Failure(reason: "The argument “\(input.name)” of type “\(input.type)” is required")
            }
        }
        return values
    }

    private static func text(of path: [PathElement]) -> String {
        path.map { element in
            switch element {
            case .key(let key): ".\(key)"
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }
}

/// The errors, at least one, of a request that cannot be executed.
struct GraphQLErrors: Error {
    var errors: [GraphQLError]
    init(_ errors: [GraphQLError]) { self.errors = errors }
}
