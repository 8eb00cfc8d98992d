/// A provider's key. Only the request's header gets to see it: descriptions and dumps do not.
package struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let secret: String

    /// `nil` where there is nothing, or anything that can't stand in a header.
    package init?(_ text: String?) {
        guard let text else { return nil }
        let bytes = text.utf8.drop { $0 == 0x20 || $0 == 0x0A }
        guard let end = bytes.lastIndex(where: { $0 > 0x20 }), bytes[...end].allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        secret = String(decoding: Array(bytes[...end]), as: UTF8.self)
    }

    package var description: String { "(key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
