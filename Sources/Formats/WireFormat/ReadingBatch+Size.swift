extension ReadingBatch {
    /// Returns an upper bound of the memory that decoding takes, and of the result's size, from the first bytes alone,
    /// without decompressing anything.
    ///
    /// - Returns: `nil` if the bytes are not a batch; decoding gives the better error.
    /// - Throws: `TooLarge` if they announce more than `limits` allow. An announced size is not used for anything
    ///   before it is known to be within them.
    package static func memory(
        of bytes: [UInt8], limits: BatchLimits = .init()
    ) throws(TooLarge) -> MemoryNeed? {
        guard bytes.starts(with: magic), let announced = Zstandard.announcedSize(of: bytes[magic.count...]) else {
            return nil
        }
        guard let unpacked = Int(exactly: announced), unpacked <= limits.unpackedBytes else {
            throw TooLarge(unpackedBytes: announced, limit: limits.unpackedBytes)
        }
        // A row takes at least four bytes: its series, flags, time and value.
        let rows = min(unpacked / 4, limits.rows)
        return MemoryNeed(
            unpackedBytes: unpacked,
            decodingBytes: bytes.count + unpacked + rows * (MemoryLayout<Row>.stride + 3 * MemoryLayout<Int64>.stride),
            decodedBytes: rows * MemoryLayout<Row>.stride)
    }

    /// Upper bounds of memory, bytes.
    package struct MemoryNeed: Hashable, Sendable {
        /// The size of the decompressed body. Exact.
        package var unpackedBytes: Int
        /// The memory in use while decoding.
        package var decodingBytes: Int
        /// The memory in use after decoding.
        package var decodedBytes: Int
    }

    /// The error of a batch that announces more than may be decompressed.
    package struct TooLarge: Error, Hashable, Sendable {
        /// The size announced by the sender, which may be any number.
        package var unpackedBytes: UInt64
        /// The maximum size, bytes.
        package var limit: Int

        /// Creates an error.
        package init(unpackedBytes: UInt64, limit: Int) {
            self.unpackedBytes = unpackedBytes
            self.limit = limit
        }
    }
}
