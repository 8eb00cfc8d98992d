/// A lexical token (specification, section 2.1.6), with its byte offset in the source.
struct Token: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case end
        /// `!`, `$`, `&`, `(`, `)`, `...`, `:`, `=`, `@`, `[`, `]`, `{`, `|`, `}`
        case punctuator(String)
        case name(String)
        case int(String)
        case float(String)
        case string(String, isBlock: Bool)
    }

    var kind: Kind
    var offset: Int

    /// The token as shown in error messages.
    var description: String {
        switch kind {
        case .end: "<EOF>"
        case .punctuator(let text): "“\(text)”"
        case .name(let text): "Name “\(text)”"
        case .int(let text): "Int “\(text)”"
        case .float(let text): "Float “\(text)”"
        case .string(let text, _): "String “\(text.prefix(40))”"
        }
    }
}
