internal import JSON

extension Value {
    /// Appends the value as JSON in UTF-8, byte by byte: answers may be many megabytes.
    func write(to json: inout [UInt8]) {
        switch self {
        case .null: json += "null".utf8
        case .boolean(let flag): json += (flag ? "true" : "false").utf8
        case .int(let number): json += String(number).utf8
        case .float(let number): JSON.write(number, to: &json)
        case .string(let string), .enumeration(let string): JSON.write(string, to: &json)
        case .list(let values):
            json.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                value.write(to: &json)
            }
            json.append(UInt8(ascii: "]"))
        case .object(let fields):
            json.append(UInt8(ascii: "{"))
            for (index, entry) in fields.entries.enumerated() {
                if index > 0 { json.append(UInt8(ascii: ",")) }
                JSON.write(entry.key, to: &json)
                json.append(UInt8(ascii: ":"))
                entry.value.write(to: &json)
            }
            json.append(UInt8(ascii: "}"))
        }
    }
}
