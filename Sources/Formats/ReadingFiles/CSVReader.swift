internal import Foundation
internal import Glibc

/// A reader of CSV files (RFC 4180), record by record, in memory that does not grow with the file. It accepts quoted
/// fields with doubled quotes and line breaks in them, a byte order mark, and lines that end in LF, CRLF or CR, and
/// skips empty lines.
package final class CSVReader {
    /// The result of reading one record.
    package enum Step {
        /// A record, whose fields are available until the next one is read.
        case record
        /// A record that is not valid CSV, with the reason. Reading continues after it.
        case problem(String)
        /// The end of the file.
        case end
    }

    /// The maximum size of a record, bytes.
    package static let longestRecord = 1 << 20

    /// The line on which the present record begins, counted from 1.
    package private(set) var line = 0
    /// The number of bytes read from the file so far.
    package private(set) var bytesRead = 0
    /// The size of the whole file, bytes; 0 if unknown.
    package let size: Int
    /// The byte that separates fields: `,`, `;` or a tab.
    package private(set) var delimiter = UInt8(ascii: ",")

    private let descriptor: Int32
    private let path: String
    private var block: [UInt8]
    private var position = 0
    private var filled = 0
    private var currentLine = 1
    private var isFirst = true

    private var storage: [UInt8] = []
    private var ends: [Int] = []

    /// Opens a file.
    ///
    /// - Throws: `FileError` if the file cannot be opened.
    package init(path: String, blockSize: Int = 256 * 1024) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileError(.other, "\(path) cannot be opened: \(String(cString: strerror(errno))).")
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw FileError(.other, "\(path) is a folder, not a file.")
        }
        size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : 0
        self.path = path
        block = [UInt8](repeating: 0, count: blockSize)
    }

    deinit { close(descriptor) }

    /// The number of fields in the present record.
    package var fieldCount: Int { ends.count }

    /// The bytes of a field of the present record, without quotes.
    subscript(field: Int) -> ArraySlice<UInt8> {
        storage[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
    }

    /// Returns a field of the present record as text, with invalid UTF-8 repaired.
    package func text(_ field: Int) -> String { String(decoding: self[field], as: UTF8.self) }

    /// Reads the first record, and determines the delimiter: `,`, `;` or a tab.
    ///
    /// - Throws: `FileError` if there is none, or if the file is not UTF-8 text.
    package func readHeader() throws -> [String] {
        try fill()
        if filled >= 2, [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(block[0..<2])) {
            throw FileError(.data, "\(path) is UTF-16: save it as UTF-8.")
        }
        if filled >= 3, Array(block[0..<3]) == [0xEF, 0xBB, 0xBF] { position = 3 }
        var counts: [UInt8: Int] = [:]
        var quoted = false
        for byte in block[position..<filled] {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if quoted { continue }
            if byte == 0x0A || byte == 0x0D { break }
            if [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].contains(byte) { counts[byte, default: 0] += 1 }
        }
        delimiter = counts.max { $0.value < $1.value }?.key ?? delimiter
        switch try next() {
        case .record: return (0..<fieldCount).map { text($0).trimmingCharacters(in: .whitespaces) }
        case .problem(let problem): throw FileError(.data, "\(path):\(line): \(problem).")
        case .end: throw FileError(.data, "\(path) is empty.")
        }
    }

    /// Reads the next record.
    ///
    /// - Throws: `FileError` if the file cannot be read.
    package func next() throws -> Step {
        while true {
            let step = try readRecord()
            // Skip empty lines.
            if case .record = step, ends.count == 1, ends[0] == 0 { continue }
            return step
        }
    }

    private func readRecord() throws -> Step {
        storage.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        line = currentLine
        guard try peek() != nil else { return .end }
        var quoted = false
        var closed = false
        var problem: String?
        while let byte = try peek() {
            position += 1
            if quoted {
                if byte == UInt8(ascii: "\"") {
                    if try peek() == UInt8(ascii: "\"") {
                        position += 1
                        storage.append(byte)
                    } else {
                        quoted = false
                        closed = true
                    }
                } else {
                    if byte == 0x0A { currentLine += 1 }
                    storage.append(byte)
                }
                guard storage.count <= Self.longestRecord else {
                    // A forgotten quote would swallow the rest of the file, so resume at the next line.
                    try skipLine()
                    return .problem("a quoted field is not terminated")
                }
                continue
            }
            if byte == delimiter {
                ends.append(storage.count)
                closed = false
            } else if byte == 0x0A || byte == 0x0D {
                if byte == 0x0D, try peek() == 0x0A { position += 1 }
                currentLine += 1
                ends.append(storage.count)
                return problem.map(Step.problem) ?? .record
            } else if byte == UInt8(ascii: "\""), storage.count == (ends.last ?? 0), !closed {
                quoted = true
            } else if closed {
                problem = "there is text between a closing quote and the next field"
            } else {
                storage.append(byte)
                guard storage.count <= Self.longestRecord else {
                    try skipLine()
                    return .problem("the line is longer than \(Self.longestRecord) bytes")
                }
            }
        }
        if quoted { return .problem("a quoted field is not terminated") }
        ends.append(storage.count)
        return problem.map(Step.problem) ?? .record
    }

    private func skipLine() throws {
        while let byte = try peek() {
            position += 1
            if byte == 0x0A {
                currentLine += 1
                return
            }
        }
    }

    @inline(__always)
    private func peek() throws -> UInt8? {
        if position == filled {
            try fill()
            if position == filled { return nil }
        }
        return block[position]
    }

    private func fill() throws {
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw FileError(.other, "\(path) cannot be read: \(String(cString: strerror(errno))).")
            }
            position = 0
            filled = count
            bytesRead += count
            return
        }
    }
}
