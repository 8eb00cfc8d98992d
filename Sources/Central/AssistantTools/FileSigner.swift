internal import Building
internal import Digests
package import Storage
internal import Synchronization

/// Signs links to files with HMAC-SHA-256, and verifies them. The key is in the database, so that all replicas of the
/// service share it.
package final class FileSigner: Sendable {
    private let store: CentralStore
    private let known = Mutex<[UInt8]?>(nil)

    /// The path of a link before the signed name.
    static let path = "/chat/files/"

    private static let purpose = "chat files"

    /// Creates a signer with the key in `store`.
    package init(store: CentralStore) { self.store = store }

    /// Returns the request and its signature, as they appear in a link.
    func signed(_ request: EnergyFileRequest) async throws -> String {
        let code = HMACSHA256.code(for: Array(request.text.utf8), key: try await key())
        return request.text + "." + code.hexadecimal
    }

    /// Returns the request in a link; `nil` if the signature is not valid.
    package func request(signed text: String) async throws -> EnergyFileRequest? {
        guard let link = SignedText(text) else { return nil }
        // The signature covers the bytes as received: without the key nothing is parsed.
        let isValid = HMACSHA256.isValid(link.code, for: Array(link.text.utf8), key: try await key())
        return isValid ? EnergyFileRequest(text: link.text) : nil
    }

    private func key() async throws -> [UInt8] {
        if let key = known.withLock(\.self) { return key }
        let key = try await store.signingKey(for: Self.purpose)
        known.withLock { $0 = key }
        return key
    }
}

/// A text and its code, which follows the last dot.
package struct SignedText: Hashable {
    /// The text before the last dot.
    package let text: String
    /// The code, 32 bytes.
    package let code: [UInt8]

    private static let longest = 512

    /// Splits a signed text.
    ///
    /// - Returns: `nil` if `joined` is too long, or does not end with a code.
    package init?(_ joined: String) {
        let bytes = joined.utf8
        guard bytes.count < Self.longest, let point = bytes.lastIndex(of: UInt8(ascii: ".")),
            let code = [UInt8](hexadecimal: joined[bytes.index(after: point)...]),
            code.count == SHA256.byteCount
        else { return nil }
        text = String(joined[..<point])
        self.code = code
    }
}
