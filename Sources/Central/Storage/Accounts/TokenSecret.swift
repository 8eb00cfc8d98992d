internal import Digests

/// A token as its holder has it: `hearth_`, a letter for the role, an underscore and 32 random bytes in base64url. It
/// is shown once, when it is created; the database stores only its hash. Descriptions and dumps do not contain it.
package struct TokenSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The token as it is sent in requests.
    package let text: String

    /// Creates a random token.
    init(role: Role) {
        text = Self.prefix + String(role.rawValue.prefix(1)) + "_" + Self.base64url(.random(count: Self.randomBytes))
    }

    /// Accepts text in the form of a token; `nil` if it can't be one, so that the database need not be asked.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.length,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        self.text = String(text)
    }

    /// The SHA-256 of the text, which the database stores.
    var hash: [UInt8] { SHA256.digest(of: Array(text.utf8)) }

    /// A placeholder for the token.
    package var description: String { "(token)" }
    /// A placeholder for the token.
    package var debugDescription: String { description }
    /// A mirror without children, so that dumps do not show the token.
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static let prefix = "hearth_"
    private static let randomBytes = 32
    /// The length in bytes: the prefix, the role's letter, an underscore, and 43 characters for 32 bytes.
    private static let length = prefix.utf8.count + 2 + (randomBytes * 4 + 2) / 3

    private static func base64url(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count)) & 63])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(6 - count)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }
}
