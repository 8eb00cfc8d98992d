internal import Digests

/// A token as its holder has it: `hearth_`, a letter for the role, and 32 random bytes in base64url. It is shown once,
/// when it is made; the database has only its hash.
package struct TokenSecret: Sendable {
    package let text: String

    /// A new one that nobody can guess.
    init(role: Role) {
        text = Self.prefix + String(role.rawValue.prefix(1)) + "_" + Self.base64url(.random(count: Self.randomBytes))
    }

    /// `nil` where `text` cannot be a token, so that the database need not be asked.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.length,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        self.text = String(text)
    }

    /// SHA-256.
    var hash: [UInt8] { SHA256.digest(of: Array(text.utf8)) }

    private static let prefix = "hearth_"
    private static let randomBytes = 32
    /// The prefix, the role's letter, an underscore, and 43 characters for 32 bytes.
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
