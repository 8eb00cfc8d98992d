/// Extracts the objects of the list `data` from a JSON document that arrives in pieces, so that a file of any size
/// needs no more memory than its longest object. A document that is itself a list is read as that list.
///
/// It only finds the bounds of objects; whether they are valid JSON is left to their decoder.
struct ObjectScanner {
    /// The error of a document without the expected structure.
    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    /// The largest size of an object, in bytes.
    static let longestObject = 1 << 20

    private enum State {
        /// Searching for the list.
        case searching
        /// Between two objects of the list.
        case between
        /// Within an object of the list.
        case inside
        /// After the end of the list.
        case done
    }

    private var state = State.searching
    private var depth = 0
    private var inString = false
    private var escaped = false
    /// The string that was read last, while searching for the list.
    private var text: [UInt8] = []
    /// A Boolean value that indicates whether `text` is `data`, the name of the next member.
    private var expectsList = false
    private var object: [UInt8] = []

    /// A Boolean value that indicates whether the list was found and has ended.
    var isComplete: Bool { if case .done = state { true } else { false } }

    /// Reads the next piece of the document.
    ///
    /// - Parameter found: Called with each complete object.
    /// - Throws: `Malformed`, or the error of `found`.
    mutating func read(_ bytes: some Sequence<UInt8>, found: ([UInt8]) throws -> Void) throws {
        for byte in bytes {
            switch state {
            case .searching: try search(byte)
            case .between: try betweenObjects(byte)
            case .inside:
                object.append(byte)
                if try endsObject(byte) {
                    try found(object)
                    object.removeAll(keepingCapacity: true)
                    state = .between
                }
            case .done: return
            }
        }
    }

    private mutating func search(_ byte: UInt8) throws {
        if inString {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString = false
            } else if text.count < 16 {
                text.append(byte)
            }
            return
        }
        switch byte {
        case UInt8(ascii: "\""):
            inString = true
            text.removeAll(keepingCapacity: true)
            expectsList = false
        case UInt8(ascii: ":"): expectsList = depth == 1 && text.elementsEqual("data".utf8)
        case UInt8(ascii: "["):
            if depth == 0 || (depth == 1 && expectsList) {
                state = .between
                return
            }
            depth += 1
            expectsList = false
        case UInt8(ascii: "{"):
            depth += 1
            expectsList = false
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth -= 1
            if depth <= 0 { throw Malformed(description: "the document has no array “data”") }
        case 0x20, 0x09, 0x0A, 0x0D: break
        case 0xEF where depth == 0, 0xBB where depth == 0, 0xBF where depth == 0: break
        default:
            if depth == 0 { throw Malformed(description: "the document is not a JSON object with an array “data”") }
            expectsList = false
        }
    }

    private mutating func betweenObjects(_ byte: UInt8) throws {
        switch byte {
        case UInt8(ascii: "{"):
            depth = 1
            inString = false
            escaped = false
            object.append(byte)
            state = .inside
        case UInt8(ascii: "]"): state = .done
        case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D: break
        default: throw Malformed(description: "the array “data” contains a value that is not an object")
        }
    }

    private mutating func endsObject(_ byte: UInt8) throws -> Bool {
        guard object.count <= Self.longestObject else {
            throw Malformed(description: "an object in “data” is longer than \(Self.longestObject) bytes")
        }
        if inString {
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                inString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): inString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        return depth == 0
    }
}
