import CZstd

/// Zstandard compression of whole buffers (RFC 8878).
package enum Zstandard {
    /// Returns a frame with a checksum. A segment may lie for weeks on a worn disk, and an unnoticed flipped bit would
    /// become a wrong reading.
    ///
    /// - Parameter level: The compression level, 1 (fast) to 19 (small).
    package static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("out of memory for Zstandard") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let bound = ZSTD_compressBound(bytes.count) + checksumSize
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let size = bytes.withUnsafeBytes { source in
                ZSTD_compress2(context, buffer.baseAddress, bound, source.baseAddress, source.count)
            }
            precondition(ZSTD_isError(size) == 0, "a buffer of ZSTD_compressBound bytes is always large enough")
            count = size
        }
    }

    /// The size of the checksum at the end of a frame, bytes.
    private static let checksumSize = 4

    /// Returns the contents of a frame.
    ///
    /// - Throws: `BatchDecodingError` if the bytes are not a frame, do not announce their size, are damaged, or would
    ///   decompress to more than `limit`.
    package static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(BatchDecodingError) -> [UInt8] {
        let announced = frameContentSize(bytes)
        // The values that ZSTD_getFrameContentSize returns for “unknown” and “error” are above every limit.
        guard let capacity = Int(exactly: announced), capacity <= limit else {
            throw BatchDecodingError(
                announced >= UInt64.max - 1
                    ? "the compressed part is not a Zstandard frame with a known size"
                    : "the batch decompresses to \(announced) bytes; the limit is \(limit)")
        }
        var unpacked = 0
        let result = [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { buffer, count in
            let size = bytes.withUnsafeBytes { source in
                ZSTD_decompress(buffer.baseAddress, capacity, source.baseAddress, source.count)
            }
            unpacked = ZSTD_isError(size) == 0 ? Int(size) : -1
            count = max(unpacked, 0)
        }
        guard unpacked == capacity else { throw BatchDecodingError("the compressed part is damaged") }
        return result
    }

    /// Returns the decompressed size according to the bytes, which may be any number, since the sender wrote it; `nil`
    /// if they are not a frame, or do not announce a size.
    static func announcedSize(of bytes: ArraySlice<UInt8>) -> UInt64? {
        let announced = frameContentSize(bytes)
        return announced >= UInt64.max - 1 ? nil : announced
    }

    private static func frameContentSize(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    }
}
