internal import Digests
package import Storage
internal import Synchronization

/// Signs links to files with HMAC-SHA-256, and knows its own signatures again. The key lies in the database, so that all
/// replicas of the service have the same.
package final class FileSigner: Sendable {
    private let store: CentralStore
    private let known = Mutex<[UInt8]?>(nil)

    /// What a link begins with, before the signed name.
    static let path = "/chat/files/"

    private static let purpose = "chat files"

    package init(store: CentralStore) { self.store = store }

    /// The request and its signature, as they stand in a link.
    func signed(_ request: EnergyFileRequest) async throws -> String {
        let code = HMACSHA256.code(for: Array(request.text.utf8), key: try await key())
        return request.text + "." + code.hexadecimal
    }

    /// The request that a link holds; `nil` if it was not signed here.
    package func request(signed text: String) async throws -> EnergyFileRequest? {
        guard let link = SignedText(text) else { return nil }
        // Over the bytes as they came: nobody without the key has anything parsed.
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

/// A text and the code that stands after its last point.
package struct SignedText: Hashable {
    package let text: String
    package let code: [UInt8]

    private static let longest = 512

    /// - Returns: `nil` if `joined` is too long, or does not end with a code of this kind.
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
