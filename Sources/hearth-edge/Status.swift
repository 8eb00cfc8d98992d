import ArgumentParser
import ConfigurationFile
import EdgeConfiguration
import EdgeGateway

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how a running gateway is, as it tells the building's broker.",
        discussion: "Exits 1 where the gateway is offline, has told nothing yet, or the broker can't be reached.")

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print the status message as it is, one line of JSON.")
    var json = false

    func run() async throws {
        let configuration = try options.load()
        let status: GatewayStatus
        do {
            status = try await StatusVisit.read(configuration)
        } catch let error as ConfigurationError {
            throw Failure.wrongConfiguration(error)
        } catch {
            Failure.say("\(error)")
            throw ExitCode.failure
        }
        print(json ? String(decoding: status.payload, as: UTF8.self) : Self.text(status))
        if status.state == .offline { throw ExitCode.failure }
    }

    private static func text(_ status: GatewayStatus) -> String {
        guard status.state == .online else { return "offline" }
        var lines = ["online since the broker last heard, at \(status.time ?? "?"), version \(status.version ?? "?")"]
        if let buffer = status.buffer {
            lines.append(
                "buffer: \(buffer.waiting ?? 0) waiting, \(buffer.delivered ?? 0) delivered, \(buffer.lost ?? 0) lost, "
                    + "\(buffer.rejected?.values.reduce(0, +) ?? 0) rejected"
                    + (buffer.hoursLeft.map { ", room for \($0) h at the present rate" } ?? ""))
            if let dropped = buffer.brokerDropped, dropped > 0 {
                lines.append("  the broker dropped \(dropped) messages")
            }
            if let setAside = buffer.setAside { lines.append("  a damaged buffer was set aside: \(setAside)") }
            if let trouble = buffer.trouble { lines.append("  \(trouble)") }
        }
        if let uplink = status.uplink {
            let backlog = uplink.backlogEndsInSeconds.map { ", backlog gone in \($0) s" } ?? ""
            lines.append("uplink: \(uplink.state)\(backlog)")
            if let remedy = uplink.remedy { lines.append("  \(remedy)") }
        }
        for (name, room) in (status.rooms ?? [:]).sorted(by: { $0.key < $1.key }) {
            let temperature = room.temperature.map { "\($0) °C" } ?? "no temperature"
            lines.append(
                "\(name): \(temperature), set-point \(room.setpoint) °C, valve \(room.level) %, \(room.quality): "
                    + room.reason)
        }
        return lines.joined(separator: "\n")
    }
}
