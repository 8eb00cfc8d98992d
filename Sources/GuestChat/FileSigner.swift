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

    /// `nil` where this was not signed here.
    func request(signed text: String) async throws -> EnergyFileRequest? {
        guard text.utf8.count < 512, let point = text.lastIndex(of: "."),
            let code = [UInt8](hexadecimal: text[text.index(after: point)...]),
            let request = EnergyFileRequest(text: String(text[..<point]))
        else { return nil }
        let isValid = HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(request.text.utf8), using: try await key())
        return isValid ? request : nil
    }

    private func key() async throws -> SymmetricKey {
        if let key = known.withLock(\.self) { return SymmetricKey(data: key) }
        let key = try await store.signingKey(for: Self.purpose)
        known.withLock { $0 = key }
        return SymmetricKey(data: key)
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
