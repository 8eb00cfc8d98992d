/// The check that fields with one key in the response are the same field (specification, section 5.3.2). Its cost is
/// bounded by the number of pairs of fields that meet, each compared once.
struct OverlappingFields {
    struct Conflict {
        var message: String
        var offsets: [Int]
    }

    let schema: Schema
    let fragments: [String: Fragment]
    private var found: [Conflict] = []
    /// The pairs of fields that were compared, by their offsets.
    private var compared = Set<Pair>()
    /// The offsets of fields whose own selections were checked.
    private var checked = Set<Int>()

    /// The maximum number of pairs. Legitimate documents stay far below it; others would take time that grows with the
    /// square of their size.
    private static let mostPairs = 4_000

    private struct Pair: Hashable {
        var first: Int
        var second: Int
        var isExclusive: Bool
    }

    /// A field with the type it is selected on.
    private struct Entry {
        var field: Field
        var parent: SchemaType?
        var definition: SchemaField?
    }

    init(schema: Schema, fragments: [String: Fragment]) {
        self.schema = schema
        self.fragments = fragments
    }

    mutating func conflicts(in document: Document) -> [Conflict] {
        for operation in document.operations {
            if let root = schema.root(of: operation.kind) { checkWithin(operation.selections, on: root) }
        }
        return found
    }

    /// Checks the fields of a selection set, which end up in one object.
    private mutating func checkWithin(_ selections: [Selection], on type: SchemaType?) {
        var order: [String] = []
        var groups: [String: [Entry]] = [:]
        var visited = Set<String>()
        collect(selections, on: type, &visited, &order, &groups)
        for key in order {
            let entries = groups[key]!
            // Compare each with the preceding ones that differ in kind: of equal ones, one represents the others.
            for (index, entry) in entries.enumerated().dropFirst() {
                guard found.isEmpty else { return }
                for other in entries[..<index] where compare(other, entry, key: key, isExclusive: false) { break }
            }
            for entry in entries where !entry.field.selections.isEmpty {
                guard checked.insert(entry.field.offset).inserted else { continue }
                let type = entry.definition.flatMap { schema.types[$0.type.name] }
                checkWithin(entry.field.selections, on: type)
            }
        }
    }

    /// Compares two fields with one key.
    ///
    /// - Returns: Whether the first represents the second, so that no other needs to be compared with it.
    private mutating func compare(_ first: Entry, _ second: Entry, key: String, isExclusive: Bool) -> Bool {
        guard first.field.offset != second.field.offset else { return true }
        let pair = Pair(
            first: min(first.field.offset, second.field.offset), second: max(first.field.offset, second.field.offset),
            isExclusive: isExclusive)
        guard compared.insert(pair).inserted else { return false }
        guard compared.count <= Self.mostPairs else {
            found.append(
                Conflict(
                    message: "Too many fields have the same response key. Select each field once.",
                    offsets: [second.field.offset]))
            return true
        }
        let areExclusive = isExclusive || Self.areExclusive(first.parent, second.parent)
        if !areExclusive {
            if first.field.name != second.field.name {
                conflict(
                    key, "“\(first.field.name.text)” and “\(second.field.name.text)” are different fields", first,
                    second)
                return false
            }
            if !Self.areSame(first.field.arguments, second.field.arguments) {
                conflict(key, "they have different arguments", first, second)
                return false
            }
        }
        if let one = first.definition?.type, let other = second.definition?.type, conflicts(one, other) {
            conflict(key, "they return the different types “\(one)” and “\(other)”", first, second)
            return false
        }
        guard !first.field.selections.isEmpty || !second.field.selections.isEmpty else { return !areExclusive }
        compareSelections(first, second, isExclusive: areExclusive)
        return false
    }

    private mutating func compareSelections(_ first: Entry, _ second: Entry, isExclusive: Bool) {
        var firstOrder: [String] = []
        var secondOrder: [String] = []
        var firstGroups: [String: [Entry]] = [:]
        var secondGroups: [String: [Entry]] = [:]
        var visited = Set<String>()
        collect(
            first.field.selections, on: first.definition.flatMap { schema.types[$0.type.name] }, &visited, &firstOrder,
            &firstGroups)
        visited = []
        collect(
            second.field.selections, on: second.definition.flatMap { schema.types[$0.type.name] }, &visited,
            &secondOrder, &secondGroups)
        for key in firstOrder {
            for entry in firstGroups[key]! {
                for other in secondGroups[key] ?? [] {
                    guard found.isEmpty else { return }
                    _ = compare(entry, other, key: key, isExclusive: isExclusive)
                }
            }
        }
    }

    private func collect(
        _ selections: [Selection], on type: SchemaType?, _ visited: inout Set<String>, _ order: inout [String],
        _ groups: inout [String: [Entry]]
    ) {
        for selection in selections {
            switch selection {
            case .field(let field):
                if groups[field.key] == nil { order.append(field.key) }
                groups[field.key, default: []].append(
                    Entry(
                        field: field, parent: type,
                        definition: type.flatMap { schema.field(field.name.text, of: $0) }))
            case .inline(let fragment):
                let inner = fragment.condition.map { schema.types[$0.text] } ?? type
                collect(fragment.selections, on: inner, &visited, &order, &groups)
            case .spread(let spread):
                guard visited.insert(spread.name.text).inserted, let fragment = fragments[spread.name.text] else {
                    continue
                }
                collect(fragment.selections, on: schema.types[fragment.condition.text], &visited, &order, &groups)
            }
        }
    }

    private mutating func conflict(_ key: String, _ reason: String, _ first: Entry, _ second: Entry) {
        found.append(
            Conflict(
                message: "The fields “\(key)” can't both be in the response: \(reason). Give one of them an alias.",
                offsets: [first.field.offset, second.field.offset]))
    }

    /// Returns whether both are object types and differ, so that they are never the same object.
    private static func areExclusive(_ first: SchemaType?, _ second: SchemaType?) -> Bool {
        guard let first, let second else { return false }
        return first.name != second.name && first.isObject && second.isObject
    }

    private static func areSame(_ first: [Argument], _ second: [Argument]) -> Bool {
        first.count == second.count
            && first.allSatisfy { argument in
                second.contains { $0.name == argument.name && areSame($0.value, argument.value) }
            }
    }

    private static func areSame(_ first: Literal, _ second: Literal) -> Bool {
        switch (first.form, second.form) {
        case (.variable(let one), .variable(let other)), (.int(let one), .int(let other)),
            (.float(let one), .float(let other)), (.string(let one), .string(let other)),
            (.enumeration(let one), .enumeration(let other)):
            one == other
        case (.boolean(let one), .boolean(let other)): one == other
        case (.null, .null): true
        case (.list(let one), .list(let other)): one.count == other.count && zip(one, other).allSatisfy(areSame)
        case (.object(let one), .object(let other)): areSame(one, other)
        default: false
        }
    }

    /// Returns whether the two types conflict, as far as `SameResponseShape` depends on them.
    private func conflicts(_ first: TypeReference, _ second: TypeReference) -> Bool {
        switch (first, second) {
        case (.nonNull(let one), .nonNull(let other)), (.list(let one), .list(let other)): conflicts(one, other)
        case (.nonNull, _), (_, .nonNull), (.list, _), (_, .list): true
        case (.named(let one), .named(let other)):
            (schema.types[one]?.isComposite == true && schema.types[other]?.isComposite == true) ? false : one != other
        }
    }
}
