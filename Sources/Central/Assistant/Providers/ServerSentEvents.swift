/// A server-sent event.
package struct ServerSentEvent: Equatable, Sendable {
    /// The name of the event; `message` if the server gave none.
    package var name: String
    /// The data, whose lines are joined by line feeds.
    package var data: String

    /// Creates an event.
    package init(name: String, data: String) {
        self.name = name
        self.data = data
    }
}

/// Parses server-sent events by section 9.2 of the HTML standard. The bytes may come in any parts, even split within a
/// line ending or a character.
package struct ServerSentEventParser {
    /// The error of an event that exceeds the largest size.
    package struct TooLong: Error {}

    /// The largest size of an event, in bytes.
    private let longest: Int
    private var line: [UInt8] = []
    private var name: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var lastWasReturn = false
    private var isFirstLine = true

    /// Creates a parser.
    ///
    /// - Parameter longest: The largest size of an event, in bytes.
    package init(longest: Int = 1 << 20) { self.longest = longest }

    /// Parses the next bytes.
    ///
    /// - Returns: The events that `bytes` complete.
    package mutating func take(_ bytes: [UInt8]) throws(TooLong) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            switch byte {
            case 0x0A where lastWasReturn: lastWasReturn = false
            case 0x0A, 0x0D:
                lastWasReturn = byte == 0x0D
                if let event = endLine() { events.append(event) }
            default:
                lastWasReturn = false
                guard line.count + data.count < longest else { throw TooLong() }
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        case "event": name = Array(value)
        // A comment has an empty field name; `id` and `retry` are for clients that reconnect.
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name.removeAll()
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : String(decoding: name, as: UTF8.self),
            data: String(decoding: data, as: UTF8.self))
    }
}
