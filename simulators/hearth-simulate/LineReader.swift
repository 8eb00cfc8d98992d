import Glibc

/// A reader of lines as they arrive, without waiting for more than one. An endless line does not accumulate in memory.
struct LineReader {
    /// A line of input.
    enum Line {
        /// The bytes of a line, without its end.
        case bytes([UInt8])
        /// A line longer than `longestLine`; its contents are discarded.
        case tooLong
    }

    static let longestLine = 1 << 20
    private static let blockSize = 64 << 10

    /// The number of the line that was read last; the first is 1.
    private(set) var number = 0

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var hasEnded = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Returns the next line; `nil` at the end of the input.
    mutating func next() -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let rest = buffer[position...]
            if let end = rest.firstIndex(of: 0x0A) {
                line += buffer[position..<end]
                position = end + 1
                return finished(line, isTooLong)
            }
            line += rest
            position = buffer.count
            if line.count > Self.longestLine {
                isTooLong = true
                line.removeAll()
            }
            fill()
            if hasEnded { return line.isEmpty && !isTooLong ? nil : finished(line, isTooLong) }
        }
    }

    /// Counts a line and removes a carriage return from its end.
    private mutating func finished(_ line: [UInt8], _ isTooLong: Bool) -> Line {
        number += 1
        if isTooLong || line.count > Self.longestLine { return .tooLong }
        return .bytes(line.last == 0x0D ? line.dropLast() : line)
    }

    /// Reads the next block into the buffer.
    private mutating func fill() {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        var count = 0
        repeat {
            count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        // An input that can no longer be read counts as ended.
        hasEnded = count <= 0
        block.removeLast(Self.blockSize - max(0, count))
        buffer = block
        position = 0
    }
}
