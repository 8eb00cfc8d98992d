internal import CentralStore
internal import Crypto
internal import Synchronization

/// Signs links to files with HMAC-SHA-256, and knows its own signatures again. The key lies in the database, so that all
/// replicas of the service have the same.
final class FileSigner: Sendable {
    private let store: CentralStore
    private let known = Mutex<[UInt8]?>(nil)

    private static let purpose = "chat files"

    init(store: CentralStore) { self.store = store }

    /// The request and its signature, as they stand in a link.
    func signed(_ request: EnergyFileRequest) async throws -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(request.text.utf8), using: try await key())
        return request.text + "." + Array(code).hexadecimal
    }

    /// The request that a link holds; `nil` if it was not signed here.
    func request(signed text: String) async throws -> EnergyFileRequest? {
        guard let link = SignedText(text) else { return nil }
        // Over the bytes as they came: nobody without the key has anything parsed.
        let isValid = HMAC<SHA256>.isValidAuthenticationCode(
            link.code, authenticating: Array(link.text.utf8), using: try await key())
        return isValid ? EnergyFileRequest(text: link.text) : nil
    }

    private func key() async throws -> SymmetricKey {
        if let key = known.withLock(\.self) { return SymmetricKey(data: key) }
        let key = try await store.signingKey(for: Self.purpose)
        known.withLock { $0 = key }
        return SymmetricKey(data: key)
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

extension [UInt8] {
    fileprivate var hexadecimal: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// `nil` where `text` is not as `hexadecimal` writes it.
    fileprivate init?(hexadecimal text: some StringProtocol) {
        let digits = [UInt8](text.utf8)
        guard digits.count.isMultiple(of: 2),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        func value(_ digit: UInt8) -> UInt8 { digit < 0x40 ? digit - 0x30 : digit - 0x57 }
        self = stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}
