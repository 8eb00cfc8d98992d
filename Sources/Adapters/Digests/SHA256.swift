internal import CCrypto

/// The hash function SHA-256 (FIPS 180-4), from OpenSSL's libcrypto, which libcurl and libpq already load.
package enum SHA256 {
    /// The length of a digest, bytes.
    package static let byteCount = 32

    /// Returns the digest of `bytes`, 32 bytes.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        var length: UInt32 = 0
        let isDone = EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
        // This fails only if memory is exhausted, or in a library without SHA-256.
        precondition(isDone == 1 && length == byteCount, "libcrypto computes SHA-256")
        return digest
    }
}

/// Message authentication codes by HMAC-SHA-256 (RFC 2104).
package enum HMACSHA256 {
    /// Returns the code of `message`, 32 bytes.
    package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.byteCount)
        var length: UInt32 = 0
        let done = HMAC(
            EVP_sha256(), key, Int32(clamping: key.count), message, message.count, &code, &length)
        precondition(done != nil && length == SHA256.byteCount, "libcrypto computes HMAC-SHA-256")
        return code
    }

    /// Returns whether `code` is that of `message`. The time taken does not depend on where the two differ.
    package static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) -> Bool {
        let right = self.code(for: message, key: key)
        return code.count == right.count && CRYPTO_memcmp(code, right, right.count) == 0
    }
}

extension [UInt8] {
    /// The bytes as text, two lower-case hexadecimal digits each.
    package var hexadecimal: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Creates bytes from a text in the form of `hexadecimal`; `nil` if it does not have that form.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = [UInt8](text.utf8)
        guard digits.count.isMultiple(of: 2),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        func value(_ digit: UInt8) -> UInt8 { digit < 0x40 ? digit - 0x30 : digit - 0x57 }
        self = stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }

    /// Returns unpredictable bytes from the operating system.
    ///
    /// - Parameter count: The number of bytes, 0 or more.
    package static func random(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
