/// A parser of documents (specification, appendix B.3), both executable ones and schemas.
struct Parser {
    /// The limits of a document, enforced while parsing.
    struct Limits: Sendable {
        var tokens: Int
        /// The maximum nesting of selections, values and types.
        var depth: Int
    }

    private let source: Source
    private let limits: Limits
    private var lexer: Lexer
    private var token = Token(kind: .end, offset: 0)
    private var tokens = 0
    private var depth = 0

    static func parse(_ source: Source, limits: Limits) throws(GraphQLError) -> Document {
        var parser = Parser(source: source, limits: limits)
        return try parser.document()
    }

    private init(source: Source, limits: Limits) {
        self.source = source
        self.limits = limits
        lexer = Lexer(source)
    }

    private mutating func document() throws(GraphQLError) -> Document {
        try advance()
        var document = Document(source: source)
        repeat { try definition(into: &document) } while token.kind != .end
        return document
    }

    private mutating func definition(into document: inout Document) throws(GraphQLError) {
        let start = token.offset
        if isPunctuator("{") {
            let selections = try selectionSet()
            document.operations.append(
                Operation(
                    kind: .query, name: nil, variables: [], directives: [], selections: selections, offset: start))
            return
        }
        var description: String?
        if case .string(let text, _) = token.kind {
            description = text
            try advance()
        }
        guard case .name(let keyword) = token.kind else { throw unexpected() }
        if description == nil {
            if let kind = Operation.Kind(rawValue: keyword) {
                document.operations.append(try operation(kind))
                return
            }
            if keyword == "fragment" {
                document.fragments.append(try fragment())
                return
            }
        }
        document.firstSchemaDefinition = document.firstSchemaDefinition ?? start
        if keyword == "directive" {
            document.directives.append(try directiveDefinition(description))
        } else {
            document.types.append(try typeDefinition(description, keyword: keyword))
        }
    }

    // MARK: Executable definitions

    private mutating func operation(_ kind: Operation.Kind) throws(GraphQLError) -> Operation {
        let start = token.offset
        try advance()
        var name: Name?
        if case .name = token.kind { name = try self.name() }
        var variables: [VariableDefinition] = []
        if isPunctuator("(") { variables = try list("(", ")") { parser throws(GraphQLError) in try parser.variable() } }
        return Operation(
            kind: kind, name: name, variables: variables, directives: try directives(),
            selections: try selectionSet(), offset: start)
    }

    private mutating func variable() throws(GraphQLError) -> VariableDefinition {
        try expect("$")
        let name = try name()
        try expect(":")
        let type = try type()
        var standard: Literal?
        if isPunctuator("=") {
            try advance()
            standard = try value(isConstant: true)
        }
        return VariableDefinition(
            name: name, type: type, defaultValue: standard, directives: try directives(areConstant: true))
    }

    private mutating func fragment() throws(GraphQLError) -> Fragment {
        let start = token.offset
        try advance()
        guard token.kind != .name("on") else { throw unexpected() }
        let name = try name()
        try expectKeyword("on")
        return Fragment(
            name: name, condition: try self.name(), directives: try directives(), selections: try selectionSet(),
            offset: start)
    }

    private mutating func selectionSet() throws(GraphQLError) -> [Selection] {
        try nested { parser throws(GraphQLError) in
            try parser.list("{", "}") { parser throws(GraphQLError) in try parser.selection() }
        }
    }

    private mutating func selection() throws(GraphQLError) -> Selection {
        let start = token.offset
        guard isPunctuator("...") else { return .field(try field()) }
        try advance()
        if case .name(let text) = token.kind, text != "on" {
            return .spread(FragmentSpread(name: try name(), directives: try directives(), offset: start))
        }
        var condition: Name?
        if token.kind == .name("on") {
            try advance()
            condition = try name()
        }
        return .inline(
            InlineFragment(
                condition: condition, directives: try directives(), selections: try selectionSet(), offset: start))
    }

    private mutating func field() throws(GraphQLError) -> Field {
        let start = token.offset
        var alias: Name?
        var name = try name()
        if isPunctuator(":") {
            try advance()
            alias = name
            name = try self.name()
        }
        let arguments = try arguments(areConstant: false)
        let directives = try directives()
        let selections = isPunctuator("{") ? try selectionSet() : []
        return Field(
            alias: alias, name: name, arguments: arguments, directives: directives, selections: selections,
            offset: start)
    }

    private mutating func arguments(areConstant: Bool) throws(GraphQLError) -> [Argument] {
        guard isPunctuator("(") else { return [] }
        return try list("(", ")") { parser throws(GraphQLError) in
            let name = try parser.name()
            try parser.expect(":")
            return Argument(name: name, value: try parser.value(isConstant: areConstant))
        }
    }

    private mutating func directives(areConstant: Bool = false) throws(GraphQLError) -> [Directive] {
        var directives: [Directive] = []
        while isPunctuator("@") {
            let start = token.offset
            try advance()
            directives.append(
                Directive(name: try name(), arguments: try arguments(areConstant: areConstant), offset: start))
        }
        return directives
    }

    private mutating func value(isConstant: Bool) throws(GraphQLError) -> Literal {
        let start = token.offset
        let form: Literal.Form
        switch token.kind {
        case .punctuator("["):
            form = .list(
                try nested { parser throws(GraphQLError) in
                    try parser.list("[", "]", mayBeEmpty: true) { parser throws(GraphQLError) in
                        try parser.value(isConstant: isConstant)
                    }
                })
            return Literal(form: form, offset: start)
        case .punctuator("{"):
            form = .object(
                try nested { parser throws(GraphQLError) in
                    try parser.list("{", "}", mayBeEmpty: true) { parser throws(GraphQLError) in
                        let name = try parser.name()
                        try parser.expect(":")
                        return Argument(name: name, value: try parser.value(isConstant: isConstant))
                    }
                })
            return Literal(form: form, offset: start)
        case .punctuator("$") where !isConstant:
            try advance()
            return Literal(form: .variable(try name().text), offset: start)
        case .int(let text): form = .int(text)
        case .float(let text): form = .float(text)
        case .string(let text, _): form = .string(text)
        case .name("true"): form = .boolean(true)
        case .name("false"): form = .boolean(false)
        case .name("null"): form = .null
        case .name(let text): form = .enumeration(text)
        default: throw unexpected()
        }
        try advance()
        return Literal(form: form, offset: start)
    }

    private mutating func type() throws(GraphQLError) -> TypeReference {
        var type: TypeReference
        if isPunctuator("[") {
            type = .list(
                try nested { parser throws(GraphQLError) in
                    try parser.advance()
                    let element = try parser.type()
                    try parser.expect("]")
                    return element
                })
        } else {
            type = .named(try name().text)
        }
        if isPunctuator("!") {
            try advance()
            type = .nonNull(type)
        }
        return type
    }

    // MARK: Schema definitions

    private mutating func typeDefinition(
        _ description: String?, keyword: String
    ) throws(GraphQLError) -> TypeDefinition {
        guard ["scalar", "type", "interface", "union", "enum", "input"].contains(keyword) else { throw unexpected() }
        try advance()
        let name = try name()
        var interfaces: [Name] = []
        if keyword == "type" || keyword == "interface", token.kind == .name("implements") {
            try advance()
            interfaces = try separated(by: "&")
        }
        let directives = try directives(areConstant: true)
        let form: TypeDefinition.Form
        switch keyword {
        case "scalar": form = .scalar
        case "type": form = .object(fields: try fieldDefinitions(), interfaces: interfaces)
        case "interface": form = .interface(fields: try fieldDefinitions(), interfaces: interfaces)
        case "union":
            try expect("=")
            form = .union(try separated(by: "|"))
        case "enum":
            form = .enumeration(
                try list("{", "}") { parser throws(GraphQLError) in
                    EnumValueDefinition(
                        description: try parser.description(), name: try parser.name(),
                        directives: try parser.directives(areConstant: true))
                })
        default:
            form = .input(
                try list("{", "}") { parser throws(GraphQLError) in try parser.inputDefinition() })
        }
        return TypeDefinition(description: description, name: name, directives: directives, form: form)
    }

    private mutating func fieldDefinitions() throws(GraphQLError) -> [FieldDefinition] {
        try list("{", "}") { parser throws(GraphQLError) in
            let description = try parser.description()
            let name = try parser.name()
            let arguments = try parser.inputDefinitions()
            try parser.expect(":")
            return FieldDefinition(
                description: description, name: name, arguments: arguments, type: try parser.type(),
                directives: try parser.directives(areConstant: true))
        }
    }

    private mutating func inputDefinitions() throws(GraphQLError) -> [InputDefinition] {
        guard isPunctuator("(") else { return [] }
        return try list("(", ")") { parser throws(GraphQLError) in try parser.inputDefinition() }
    }

    private mutating func inputDefinition() throws(GraphQLError) -> InputDefinition {
        let description = try description()
        let name = try name()
        try expect(":")
        let type = try type()
        var standard: Literal?
        if isPunctuator("=") {
            try advance()
            standard = try value(isConstant: true)
        }
        return InputDefinition(
            description: description, name: name, type: type, defaultValue: standard,
            directives: try directives(areConstant: true))
    }

    private mutating func directiveDefinition(_ description: String?) throws(GraphQLError) -> DirectiveDefinition {
        try advance()
        try expect("@")
        let name = try name()
        let arguments = try inputDefinitions()
        var isRepeatable = false
        if token.kind == .name("repeatable") {
            isRepeatable = true
            try advance()
        }
        try expectKeyword("on")
        return DirectiveDefinition(
            description: description, name: name, arguments: arguments, isRepeatable: isRepeatable,
            locations: try separated(by: "|").map(\.text))
    }

    private mutating func description() throws(GraphQLError) -> String? {
        guard case .string(let text, _) = token.kind else { return nil }
        try advance()
        return text
    }

    /// Parses names between separators, one of which may also precede the first name.
    private mutating func separated(by separator: String) throws(GraphQLError) -> [Name] {
        if isPunctuator(separator) { try advance() }
        var names = [try name()]
        while isPunctuator(separator) {
            try advance()
            names.append(try name())
        }
        return names
    }

    // MARK: Tokens

    private mutating func advance() throws(GraphQLError) {
        tokens += 1
        guard tokens <= limits.tokens else {
            throw GraphQLError(
                "The document has more than \(limits.tokens) tokens. Request less at once.", code: "TOKEN_LIMIT")
        }
        token = try lexer.next()
    }

    private mutating func nested<Result>(
        _ body: (inout Parser) throws(GraphQLError) -> Result
    ) throws(GraphQLError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw GraphQLError(
                "The document nests deeper than \(limits.depth) levels.",
                locations: [source.location(of: token.offset)], code: "DEPTH_LIMIT")
        }
        return try body(&self)
    }

    private mutating func list<Element>(
        _ opening: String, _ closing: String, mayBeEmpty: Bool = false,
        _ element: (inout Parser) throws(GraphQLError) -> Element
    ) throws(GraphQLError) -> [Element] {
        try expect(opening)
        var elements: [Element] = []
        while !isPunctuator(closing) || (elements.isEmpty && !mayBeEmpty) { elements.append(try element(&self)) }
        try advance()
        return elements
    }

    private func isPunctuator(_ text: String) -> Bool { token.kind == .punctuator(text) }

    private mutating func expect(_ punctuator: String) throws(GraphQLError) {
        guard isPunctuator(punctuator) else { throw unexpected(expecting: "“\(punctuator)”") }
        try advance()
    }

    private mutating func expectKeyword(_ keyword: String) throws(GraphQLError) {
        guard token.kind == .name(keyword) else { throw unexpected(expecting: "“\(keyword)”") }
        try advance()
    }

    private mutating func name() throws(GraphQLError) -> Name {
        guard case .name(let text) = token.kind else { throw unexpected(expecting: "a name") }
        let name = Name(text: text, offset: token.offset)
        try advance()
        return name
    }

    private func unexpected(expecting expected: String? = nil) -> GraphQLError {
        let message = expected.map { "expected \($0), found \(token.description)" } ?? "unexpected \(token.description)"
        return GraphQLError("Syntax error: \(message).", locations: [source.location(of: token.offset)])
    }
}
