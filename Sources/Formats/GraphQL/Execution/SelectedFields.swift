/// The fields that a selection set requests of an object, by their key in the response (specification, section 6.3.2).
struct SelectedFields {
    /// The fields by key, in the order of the response.
    private(set) var groups: [(key: String, fields: [Field])] = []
    /// The reason the requested fields cannot be determined; `nil` if they can.
    private(set) var failure: SelectionFailure?
    private var places: [String: Int] = [:]

    /// Collects the fields of a selection set.
    init(
        _ selections: [Selection], on type: SchemaType, in schema: Schema, fragments: [String: Fragment],
        variables: [String: Value]
    ) {
        var visited = Set<String>()
        add(selections, type, schema, fragments, variables, &visited)
    }

    /// Collects the fields of several fields with one key, whose selections apply together.
    init(
        merging fields: [Field], on type: SchemaType, in schema: Schema, fragments: [String: Fragment],
        variables: [String: Value]
    ) {
        var visited = Set<String>()
        for field in fields { add(field.selections, type, schema, fragments, variables, &visited) }
    }

    private mutating func add(
        _ selections: [Selection], _ type: SchemaType, _ schema: Schema, _ fragments: [String: Fragment],
        _ variables: [String: Value], _ visited: inout Set<String>
    ) {
        for selection in selections {
            switch selection {
            case .field(let field):
                guard isIncluded(field.directives, variables) else { continue }
                if let place = places[field.key] {
                    groups[place].fields.append(field)
                } else {
                    places[field.key] = groups.count
                    groups.append((field.key, [field]))
                }
            case .spread(let spread):
                guard isIncluded(spread.directives, variables), visited.insert(spread.name.text).inserted,
                    let fragment = fragments[spread.name.text],
                    Self.applies(fragment.condition.text, to: type, schema)
                else { continue }
                add(fragment.selections, type, schema, fragments, variables, &visited)
            case .inline(let fragment):
                guard isIncluded(fragment.directives, variables),
                    fragment.condition.map({ Self.applies($0.text, to: type, schema) }) ?? true
                else { continue }
                add(fragment.selections, type, schema, fragments, variables, &visited)
            }
        }
    }

    private static func applies(_ condition: String, to type: SchemaType, _ schema: Schema) -> Bool {
        condition == type.name
            || schema.types[condition].map { schema.possibleTypes(of: $0).contains(type.name) } ?? false
    }

    private mutating func isIncluded(_ directives: [Directive], _ variables: [String: Value]) -> Bool {
        for directive in directives {
            guard let condition = directive.arguments.first(where: { $0.name.text == "if" })?.value else { continue }
            let holds: Bool
            switch condition.form {
            case .boolean(let flag): holds = flag
            case .variable(let name):
                // Even a variable with a default may have been given as null.
                guard case .boolean(let flag)? = variables[name] else {
                    failure = failure ?? SelectionFailure(directive: directive.name.text, offset: condition.offset)
                    return false
                }
                holds = flag
            default: holds = false
            }
            if directive.name.text == "skip" && holds || directive.name.text == "include" && !holds { return false }
        }
        return true
    }
}

/// A directive whose condition is null.
struct SelectionFailure {
    var directive: String
    var offset: Int

    var message: String { "The condition of “@\(directive)” is null, but “Boolean!” is non-null." }
}
