/// A provider's API key. Only the request's header contains it: descriptions and dumps do not.
package struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let secret: String

    /// Creates a key; `nil` if the text is empty or has characters that a header can't have.
    package init?(_ text: String?) {
        guard let text else { return nil }
        let bytes = text.utf8.drop { $0 == 0x20 || $0 == 0x0A }
        guard let end = bytes.lastIndex(where: { $0 > 0x20 }), bytes[...end].allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = String(decoding: Array(bytes[...end]), as: UTF8.self)
    }

    /// A placeholder for the key.
    package var description: String { "(key)" }
    /// A placeholder for the key.
    package var debugDescription: String { description }
    /// A mirror without children, so that dumps do not show the key.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
