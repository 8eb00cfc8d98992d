extension ReadingBatch {
    /// How much memory decoding takes at most, and what it leaves: read from the first bytes, without unpacking anything.
    ///
    /// - Returns: `nil` if the bytes are not a batch, which decoding says better.
    /// - Throws: `TooLarge` if they announce more than `limits` allow: whatever a header says, nothing is reckoned with
    ///   it before it is known to be within them.
    package static func memory(
        of bytes: [UInt8], limits: BatchLimits = .init()
    ) throws(TooLarge) -> MemoryNeed? {
        guard bytes.starts(with: magic), let announced = Zstandard.announcedSize(of: bytes[magic.count...]) else {
            return nil
        }
        guard let unpacked = Int(exactly: announced), unpacked <= limits.unpackedBytes else {
            throw TooLarge(unpackedBytes: announced, limit: limits.unpackedBytes)
        }
        // A row takes four bytes at least: its series, its flags, its time and its value.
        let rows = min(unpacked / 4, limits.rows)
        return MemoryNeed(
            unpackedBytes: unpacked,
            decodingBytes: bytes.count + unpacked + rows * (MemoryLayout<Row>.stride + 3 * MemoryLayout<Int64>.stride),
            decodedBytes: rows * MemoryLayout<Row>.stride)
    }

    /// Bytes of memory, at most.
    package struct MemoryNeed: Hashable, Sendable {
        /// What the body unpacks to. Exact.
        package var unpackedBytes: Int
        /// While it is decoded.
        package var decodingBytes: Int
        /// Once it is.
        package var decodedBytes: Int
    }

    /// A batch that announces more than may be unpacked.
    package struct TooLarge: Error, Hashable, Sendable {
        /// As the sender says: anything.
        package var unpackedBytes: UInt64
        package var limit: Int

        package init(unpackedBytes: UInt64, limit: Int) {
            self.unpackedBytes = unpackedBytes
            self.limit = limit
        }
    }
}
