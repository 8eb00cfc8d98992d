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
    /// Returns unpredictable bytes from the operating system.
    ///
    /// - Parameter count: The number of bytes, 0 or more.
    package static func random(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
