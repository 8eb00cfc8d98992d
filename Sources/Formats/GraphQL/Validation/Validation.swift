/// The validation of a document against a schema before it is executed (specification, section 5).
struct Validation {
    let schema: Schema
    let document: Document
    let fragments: [String: Fragment]
    let coercion: Coercion
    private(set) var errors: [GraphQLError] = []
    /// The references of each operation and fragment, by its offset.
    var uses: [Int: Uses] = [:]

    /// The maximum number of errors reported. More would help nobody and cost memory.
    private static let mostErrors = 50

    /// The variables and fragments that a definition refers to.
    struct Uses {
        struct Variable {
            var name: String
            var type: TypeReference
            /// A Boolean value that indicates whether the place of use has a default of its own.
            var hasDefault: Bool
            var offset: Int
        }

        var variables: [Variable] = []
        var spreads: [Name] = []
    }

    static func errors(in document: Document, schema: Schema) -> [GraphQLError] {
        var validation = Validation(schema: schema, document: document)
        validation.run()
        return validation.errors
    }

    private init(schema: Schema, document: Document) {
        self.schema = schema
        self.document = document
        coercion = Coercion(schema: schema)
        fragments = Dictionary(document.fragments.map { ($0.name.text, $0) }) { first, _ in first }
    }

    private mutating func run() {
        if let offset = document.firstSchemaDefinition {
            report("A request must contain only operations and fragments, no schema definitions.", at: [offset])
        }
        checkOperations()
        for fragment in document.fragments { check(fragment) }
        for operation in document.operations { check(operation) }
        checkFragments()
        checkVariables()
        // The remaining check relies on fragments without cycles.
        guard errors.isEmpty else { return }
        var overlaps = OverlappingFields(schema: schema, fragments: fragments)
        for conflict in overlaps.conflicts(in: document) { report(conflict.message, at: conflict.offsets) }
    }

    mutating func report(_ message: String, at offsets: [Int]) {
        guard errors.count < Self.mostErrors else { return }
        errors.append(GraphQLError(message, locations: offsets.map { document.source.location(of: $0) }))
    }

    // MARK: Operations (5.2)

    private mutating func checkOperations() {
        var names = Set<String>()
        for operation in document.operations {
            if let name = operation.name {
                if !names.insert(name.text).inserted {
                    report("There are two operations named “\(name.text)”.", at: [name.offset])
                }
            } else if document.operations.count > 1 {
                report("An operation without a name must be the only one.", at: [operation.offset])
            }
        }
    }

    private mutating func check(_ operation: Operation) {
        var uses = Uses()
        check(operation.directives, at: operation.kind.rawValue.uppercased(), &uses)
        var names = Set<String>()
        for variable in operation.variables {
            let name = variable.name.text
            if !names.insert(name).inserted {
                report("There are two variables “$\(name)”.", at: [variable.name.offset])
            }
            if schema.types[variable.type.name] == nil {
                report("The type “\(variable.type.name)” is unknown.", at: [variable.name.offset])
            } else if !schema.isInput(variable.type) {
                report(
                    "The variable “$\(name)” has the type “\(variable.type)”, which is not an input type.",
                    at: [variable.name.offset])
            } else if let standard = variable.defaultValue {
                var none = Uses()
                check(standard, for: variable.type, hasDefault: false, &none)
            }
            check(variable.directives, at: "VARIABLE_DEFINITION", &uses)
        }
        if let root = schema.root(of: operation.kind) {
            check(operation.selections, on: root, &uses)
        } else {
            report("The schema has no \(operation.kind.rawValue) operations.", at: [operation.offset])
        }
        self.uses[operation.offset] = uses
    }

    private mutating func check(_ fragment: Fragment) {
        var uses = Uses()
        check(fragment.directives, at: "FRAGMENT_DEFINITION", &uses)
        if let type = conditionType(fragment.condition) { check(fragment.selections, on: type, &uses) }
        self.uses[fragment.offset] = uses
    }

    private mutating func conditionType(_ condition: Name) -> SchemaType? {
        guard let type = schema.types[condition.text] else {
            report("The type “\(condition.text)” is unknown.", at: [condition.offset])
            return nil
        }
        guard type.isComposite else {
            report("A fragment can't be on “\(condition.text)”, which has no fields.", at: [condition.offset])
            return nil
        }
        return type
    }

    // MARK: Selections (5.3, 5.5.2.3)

    private mutating func check(_ selections: [Selection], on type: SchemaType, _ uses: inout Uses) {
        for selection in selections {
            switch selection {
            case .field(let field): check(field, on: type, &uses)
            case .spread(let spread):
                check(spread.directives, at: "FRAGMENT_SPREAD", &uses)
                uses.spreads.append(spread.name)
                guard let fragment = fragments[spread.name.text] else {
                    report("There is no fragment “\(spread.name.text)”.", at: [spread.name.offset])
                    continue
                }
                if let condition = schema.types[fragment.condition.text] {
                    checkSpread(of: condition, on: type, name: spread.name.text, at: spread.offset)
                }
            case .inline(let fragment):
                check(fragment.directives, at: "INLINE_FRAGMENT", &uses)
                guard let condition = fragment.condition else {
                    check(fragment.selections, on: type, &uses)
                    continue
                }
                guard let inner = conditionType(condition) else { continue }
                checkSpread(of: inner, on: type, name: nil, at: fragment.offset)
                check(fragment.selections, on: inner, &uses)
            }
        }
    }

    private mutating func checkSpread(of condition: SchemaType, on type: SchemaType, name: String?, at offset: Int) {
        guard condition.isComposite,
            Set(schema.possibleTypes(of: condition)).isDisjoint(with: schema.possibleTypes(of: type))
        else { return }
        let subject = name.map { "The fragment “\($0)”" } ?? "A fragment"
        report("\(subject) on “\(condition.name)” can never apply to “\(type.name)”.", at: [offset])
    }

    private mutating func check(_ field: Field, on type: SchemaType, _ uses: inout Uses) {
        check(field.directives, at: "FIELD", &uses)
        guard let definition = schema.field(field.name.text, of: type) else {
            report("“\(type.name)” has no field “\(field.name.text)”.", at: [field.offset])
            return
        }
        check(
            field.arguments, of: definition.arguments, owner: "the field “\(field.name.text)”", at: field.offset, &uses)
        guard let result = schema.types[definition.type.name] else { return }
        if result.isComposite {
            if field.selections.isEmpty {
                report(
                    "Select fields of “\(field.name.text)”: “\(definition.type)” is an object.",
                    at: [field.offset])
            }
            check(field.selections, on: result, &uses)
        } else if !field.selections.isEmpty {
            report(
                "“\(field.name.text)” has no fields to select: “\(definition.type)” is not an object.",
                at: [field.offset])
        }
    }

    // MARK: Arguments and directives (5.4, 5.7)

    private mutating func check(
        _ arguments: [Argument], of inputs: [SchemaInput], owner: String, at offset: Int, _ uses: inout Uses
    ) {
        var names = Set<String>()
        for argument in arguments {
            let name = argument.name.text
            if !names.insert(name).inserted {
                report("The argument “\(name)” of \(owner) appears twice.", at: [argument.name.offset])
            }
            guard let input = inputs.first(where: { $0.name == name }) else {
                report("There is no argument “\(name)” of \(owner).", at: [argument.name.offset])
                continue
            }
            check(argument.value, for: input.type, hasDefault: input.defaultValue != nil, &uses)
        }
        for input in inputs where input.isRequired && !names.contains(input.name) {
            report(
                "The argument “\(input.name)” of type “\(input.type)” of \(owner) is required.", at: [offset])
        }
    }

    private mutating func check(_ directives: [Directive], at location: String, _ uses: inout Uses) {
        var names = Set<String>()
        for directive in directives {
            let name = directive.name.text
            guard let definition = schema.directive(name) else {
                report("There is no directive “@\(name)”.", at: [directive.offset])
                continue
            }
            if !definition.locations.contains(location) {
                report("“@\(name)” is not allowed on \(location).", at: [directive.offset])
            }
            if !names.insert(name).inserted, !definition.isRepeatable {
                report("“@\(name)” may be used only once per location.", at: [directive.offset])
            }
            check(
                directive.arguments, of: definition.arguments, owner: "the directive “@\(name)”",
                at: directive.offset, &uses)
        }
    }

    // MARK: Values (5.6)

    private mutating func check(
        _ literal: Literal, for type: TypeReference, hasDefault: Bool, _ uses: inout Uses
    ) {
        switch literal.form {
        case .variable(let name):
            uses.variables.append(.init(name: name, type: type, hasDefault: hasDefault, offset: literal.offset))
        case .list(let literals):
            guard let element = type.element else { return checkLeaf(literal, for: type, &uses) }
            for literal in literals { check(literal, for: element, hasDefault: false, &uses) }
        case .object(let fields):
            guard let input = schema.types[type.name], type.element == nil, case .input(let inputs) = input.form else {
                // A list of one may be written without brackets.
                if let element = type.element { return check(literal, for: element, hasDefault: false, &uses) }
                return checkLeaf(literal, for: type, &uses)
            }
            check(
                fields, of: inputs, owner: "“\(input.name)”", at: literal.offset, &uses)
        case .null:
            if type.isNonNull { report("A value is null, but “\(type)” is non-null.", at: [literal.offset]) }
        default:
            if let element = type.element { return check(literal, for: element, hasDefault: false, &uses) }
            checkLeaf(literal, for: type, &uses)
        }
    }

    private mutating func checkLeaf(_ literal: Literal, for type: TypeReference, _ uses: inout Uses) {
        // Custom scalars may contain variables within lists and objects; these are checked once their values are known.
        do {
            _ = try coercion.coerce(literal, to: type, variables: [:])
        } catch {
            report("A value of type “\(type)” \(error.reason).", at: [literal.offset])
        }
    }

    // MARK: Fragments (5.5)

    private mutating func checkFragments() {
        var names = Set<String>()
        for fragment in document.fragments where !names.insert(fragment.name.text).inserted {
            report("There are two fragments named “\(fragment.name.text)”.", at: [fragment.name.offset])
        }
        var reached = Set<String>()
        for operation in document.operations { reach(from: operation.offset, into: &reached) }
        for fragment in document.fragments where !reached.contains(fragment.name.text) {
            report("The fragment “\(fragment.name.text)” is never used.", at: [fragment.offset])
        }
        checkCycles()
    }

    /// Adds the fragments that a definition uses, directly or through other fragments.
    private func reach(from offset: Int, into reached: inout Set<String>) {
        var open = uses[offset]?.spreads.map(\.text) ?? []
        while let name = open.popLast() {
            guard reached.insert(name).inserted, let fragment = fragments[name] else { continue }
            open += uses[fragment.offset]?.spreads.map(\.text) ?? []
        }
    }

    private mutating func checkCycles() {
        var finished = Set<String>()
        var open: [String] = []
        // Iterative, since a chain of fragments can be as long as the document.
        for fragment in document.fragments {
            var stack: [(name: String, next: Int)] = [(fragment.name.text, 0)]
            open = [fragment.name.text]
            while let top = stack.last {
                let spreads = fragments[top.name].flatMap { uses[$0.offset]?.spreads } ?? []
                guard top.next < spreads.count, !finished.contains(top.name) else {
                    finished.insert(top.name)
                    stack.removeLast()
                    open.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let spread = spreads[top.next]
                if open.contains(spread.text) {
                    report("The fragment “\(spread.text)” contains itself.", at: [spread.offset])
                } else if !finished.contains(spread.text) {
                    stack.append((spread.text, 0))
                    open.append(spread.text)
                }
            }
        }
    }

    // MARK: Variables (5.8)

    private mutating func checkVariables() {
        for operation in document.operations {
            var reached = Set<String>()
            reach(from: operation.offset, into: &reached)
            let definitions = Dictionary(operation.variables.map { ($0.name.text, $0) }) { first, _ in first }
            let places = [operation.offset] + reached.compactMap { fragments[$0]?.offset }.sorted()
            let used = places.flatMap { uses[$0]?.variables ?? [] }
            for use in used {
                guard let definition = definitions[use.name] else {
                    let owner = operation.name.map { " of “\($0.text)”" } ?? ""
                    report("The variable “$\(use.name)”\(owner) is not declared.", at: [use.offset])
                    continue
                }
                if !isAllowed(definition, at: use) {
                    report(
                        "The variable “$\(use.name)” of type “\(definition.type)” is used where “\(use.type)” is expected.",
                        at: [definition.name.offset, use.offset])
                }
            }
            let names = Set(used.map(\.name))
            for variable in operation.variables where !names.contains(variable.name.text) {
                report("The variable “$\(variable.name.text)” is never used.", at: [variable.name.offset])
            }
        }
    }

    /// Returns whether a variable may be used at this place (`IsVariableUsageAllowed` of section 5.8.5).
    private func isAllowed(_ variable: VariableDefinition, at use: Uses.Variable) -> Bool {
        guard schema.types[variable.type.name] != nil else { return true }
        if case .nonNull(let inner) = use.type, !variable.type.isNonNull {
            var hasValue = use.hasDefault
            if let standard = variable.defaultValue {
                if case .null = standard.form {} else { hasValue = true }
            }
            return hasValue && Self.areCompatible(variable.type, inner)
        }
        return Self.areCompatible(variable.type, use.type)
    }

    private static func areCompatible(_ variable: TypeReference, _ place: TypeReference) -> Bool {
        switch (variable, place) {
        case (.nonNull(let variable), .nonNull(let place)): areCompatible(variable, place)
        case (_, .nonNull): false
        case (.nonNull(let variable), _): areCompatible(variable, place)
        case (.list(let variable), .list(let place)): areCompatible(variable, place)
        case (.named(let variable), .named(let place)): variable == place
        default: false
        }
    }
}
