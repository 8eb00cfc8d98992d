/// A writer of integers and texts in the encodings of a batch.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func append(contentsOf other: some Collection<UInt8>) { bytes.append(contentsOf: other) }

    /// Appends a number as LEB128: seven bits a byte, the lowest first.
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number as zigzag, in which small numbers of either sign are short.
    mutating func appendSigned(_ value: Int64) {
        appendVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func appendFixed(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(text: String) {
        appendVarint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// A reader for the bytes of a `ByteWriter`, which never reads past the end.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(BatchDecodingError) -> UInt8 {
        guard position < bytes.count else { throw BatchDecodingError("the batch is truncated at byte \(position)") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func take(_ count: Int) throws(BatchDecodingError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else {
            throw BatchDecodingError("the batch is truncated at byte \(bytes.count)")
        }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func varint() throws(BatchDecodingError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if shift == 63, next > 1 { throw BatchDecodingError("a number is too long, at byte \(position)") }
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
            if shift > 63 { throw BatchDecodingError("a number is too long, at byte \(position)") }
        }
    }

    mutating func signed() throws(BatchDecodingError) -> Int64 {
        let raw = try varint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    mutating func fixed() throws(BatchDecodingError) -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in try take(8).enumerated() { value |= UInt64(byte) << UInt64(index * 8) }
        return value
    }

    /// Reads a count of at most `limit`.
    mutating func count(of what: String, atMost limit: Int) throws(BatchDecodingError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else {
            throw BatchDecodingError("the batch has \(value) \(what); the limit is \(limit)")
        }
        return Int(value)
    }

    mutating func text(atMost limit: Int) throws(BatchDecodingError) -> String {
        let length = try count(of: "bytes of text", atMost: limit)
        let slice = try take(length)
        guard let text = String(validating: slice, as: UTF8.self), !slice.contains(0) else {
            throw BatchDecodingError("a string is not valid UTF-8 or contains NUL, before byte \(position)")
        }
        return text
    }
}
