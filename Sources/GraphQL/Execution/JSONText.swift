/// Values as JSON (RFC 8259), in UTF-8. Written byte by byte: answers may be many megabytes.
enum JSONText {
    static func append(_ value: Value, to json: inout [UInt8]) {
        switch value {
        case .null: json.append(contentsOf: "null".utf8)
        case .boolean(let flag): json.append(contentsOf: (flag ? "true" : "false").utf8)
        case .int(let number): json.append(contentsOf: String(number).utf8)
        case .float(let number): append(number, to: &json)
        case .string(let string), .enumeration(let string): appendQuoted(string, to: &json)
        case .list(let values):
            json.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                append(value, to: &json)
            }
            json.append(UInt8(ascii: "]"))
        case .object(let fields):
            json.append(UInt8(ascii: "{"))
            for (index, entry) in fields.entries.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                appendQuoted(entry.key, to: &json)
                json.append(UInt8(ascii: ":"))
                append(entry.value, to: &json)
            }
            json.append(UInt8(ascii: "}"))
        }
    }

    static func quoted(_ string: String) -> String {
        var json: [UInt8] = []
        appendQuoted(string, to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    private static func append(_ number: Double, to json: inout [UInt8]) {
        if !number.isFinite {
            json.append(contentsOf: "null".utf8)
        } else if number == number.rounded(), abs(number) < 1e15 {
            json.append(contentsOf: String(Int64(number)).utf8)
        } else {
            json.append(contentsOf: number.description.utf8)
        }
    }

    private static func appendQuoted(_ string: String, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            // Most texts need no escapes, and go as they are.
            if bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                json.append(contentsOf: bytes)
            } else {
                for byte in bytes { appendEscaped(byte, to: &json) }
            }
        }
        json.append(UInt8(ascii: "\""))
    }

    private static func appendEscaped(_ byte: UInt8, to json: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): json.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): json.append(contentsOf: #"\\"#.utf8)
        case UInt8(ascii: "\n"): json.append(contentsOf: #"\n"#.utf8)
        case UInt8(ascii: "\r"): json.append(contentsOf: #"\r"#.utf8)
        case UInt8(ascii: "\t"): json.append(contentsOf: #"\t"#.utf8)
        case 0x00...0x1F:
            let digits = String(byte, radix: 16)
            json.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
        default: json.append(byte)
        }
    }
}
