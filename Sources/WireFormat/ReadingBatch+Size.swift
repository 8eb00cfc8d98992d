extension ReadingBatch {
    /// How much memory decoding takes at most, and what it leaves: read from the first bytes, without unpacking anything.
    ///
    /// - Returns: `nil` where the bytes are no batch, which decoding says better.
    public static func memory(of bytes: [UInt8], limits: BatchLimits = .init()) -> MemoryNeed? {
        guard bytes.starts(with: magic), let unpacked = Zstandard.announcedSize(of: bytes[magic.count...]) else {
            return nil
        }
        // A row takes four bytes at least: its series, its flags, its time and its value.
        let rows = min(unpacked / 4, limits.rows)
        return MemoryNeed(
            unpackedBytes: unpacked,
            decodingBytes: bytes.count + unpacked + rows * (MemoryLayout<Row>.stride + 3 * MemoryLayout<Int64>.stride),
            decodedBytes: rows * MemoryLayout<Row>.stride)
    }

    /// Bytes of memory, at most.
    public struct MemoryNeed: Hashable, Sendable {
        /// What the body unpacks to. Exact.
        public var unpackedBytes: Int
        /// While it is decoded.
        public var decodingBytes: Int
        /// Once it is.
        public var decodedBytes: Int
    }
}
