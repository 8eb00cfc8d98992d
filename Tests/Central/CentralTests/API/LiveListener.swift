import Foundation
import Rig
import ServiceRig

/// Someone who listens to a room, with curl.
struct LiveListener {
    struct Event: Equatable {
        var name = ""
        var id: String?
        var data = ""

        /// A member of the data.
        func value(_ member: String) -> String? {
            guard let object = try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any],
                let value = object[member]
            else { return nil }
            return "\(value)"
        }
    }

    let process: ManagedProcess

    init(_ service: CentralProcess, room: Int, token: String, lastEventID: String? = nil) throws {
        var arguments = ["-sSN", "-i", "-H", "Authorization: Bearer \(token)"]
        if let lastEventID { arguments += ["-H", "Last-Event-ID: \(lastEventID)"] }
        process = try ManagedProcess("curl", arguments + [service.url + "/rooms/\(room)/live/"])
    }

    /// What came so far, whole events only.
    var events: [Event] {
        let body = process.output.split(separator: "\r\n\r\n", maxSplits: 1)
        guard body.count == 2 else { return [] }
        var events: [Event] = []
        // The last part is not whole yet.
        for part in body[1].components(separatedBy: "\n\n").dropLast() {
            var event = Event()
            for line in part.split(separator: "\n") {
                if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
            }
            if !event.name.isEmpty { events.append(event) }
        }
        return events
    }

    /// The last id that came.
    var lastID: String? { events.last { $0.id != nil }?.id }

    /// The values of the readings that came, as texts.
    func values(_ datapoint: String) -> [String] {
        events.filter { $0.name == "reading" && $0.value("datapoint") == datapoint }.compactMap { $0.value("value") }
    }

    func waitFor(_ what: String, within limit: Duration = .seconds(20), _ condition: (LiveListener) -> Bool)
        async throws
    {
        try await eventually(what, within: limit, detail: process.output) { condition(self) }
    }

    /// Waits for the first event.
    func listening() async throws { try await waitFor("first event") { !$0.events.isEmpty } }
}
