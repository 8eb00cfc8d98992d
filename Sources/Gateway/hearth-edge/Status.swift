import ArgumentParser
import Building
import CivilTime
import ConfigurationFile
import EdgeConfiguration
import EdgeGateway
import Outbox
import WireFormat

/// The subcommand `status`, which shows the state of a running gateway.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state of a running gateway, as published on the building's broker.",
        discussion: """
            Exits 1 if the gateway is offline, is silent, has never published a status or cannot store readings, if the \
            broker can't be reached, and if the broker does not accept what the gateway publishes, such as valve commands.

            A running gateway publishes its status about every 10 seconds. If the last one is older than 20 seconds, \
            this command waits another 20 seconds for the next (longer if control.periodSeconds is more than 5). If none \
            arrives, the gateway counts as silent and its last status is shown.
            """)

    @OptionGroup var options: EdgeOptions

    @Flag(help: "Print the status message unchanged, as one line of JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Print up to this many (1…1000) of the latest unreadable messages, straight from the buffer.",
            valueName: "number"))
    var rejected: Int?

    func validate() throws {
        if let rejected, !(1...DeadLetter.mostKept).contains(rejected) {
            throw ValidationError("--rejected must be 1…\(DeadLetter.mostKept), not \(rejected).")
        }
    }

    func run() async throws {
        let configuration = try options.load()
        if let rejected { return try printRejected(rejected, configuration) }
        let finding: StatusQuery.Finding
        do {
            finding = try await StatusQuery.read(configuration)
        } catch let error as ConfigurationError {
            throw Failure.wrongConfiguration(error)
        } catch {
            Failure.say("\(error)")
            throw ExitCode.failure
        }
        let status = finding.status
        print(json ? String(decoding: status.payload, as: UTF8.self) : Self.text(status, isSilent: finding.isSilent))
        if finding.isSilent {
            Failure.say(
                "The gateway has published nothing since \(status.time ?? "its last status"). Is hearth-edge running "
                    + "and connected to this broker? See its log for details (journalctl -u hearth-edge).")
        }
        if finding.isSilent || status.state == .offline || status.problems?.isEmpty == false
            || status.buffer?.trouble != nil
        {
            throw ExitCode.failure
        }
    }

    /// Prints the latest dead letters from the buffer's file.
    private func printRejected(_ limit: Int, _ configuration: EdgeConfiguration) throws {
        do {
            for letter in try Outbox.deadLetters(inStoreAt: configuration.buffer.path, atMost: limit) {
                let time = ISO8601Writer(configuration.calendar).text(letter.receivedTime)
                let rest = letter.size > letter.head.count ? "… (\(letter.size) bytes)" : ""
                print(
                    "\(time) \(letter.reason) \(letter.topic.printable) \(String(decoding: letter.head, as: UTF8.self).printable)\(rest)"
                )
            }
        } catch {
            Failure.say("\(error)")
            throw ExitCode.failure
        }
    }

    /// Returns the status as lines of text.
    private static func text(_ status: GatewayStatus, isSilent: Bool) -> String {
        guard status.state == .online else { return "offline" }
        let told = "\(status.time ?? "?"), version \(status.version ?? "?")"
        var lines = [isSilent ? "silent; last status of \(told):" : "online, as of \(told)"]
        if let buffer = status.buffer {
            lines.append(
                "buffer: \(buffer.waiting ?? 0) waiting, \(buffer.delivered ?? 0) delivered, \(buffer.lost ?? 0) lost, "
                    + "\(buffer.rejected?.values.saturatingSum() ?? 0) rejected"
                    + (buffer.hoursLeft.map { ", room for \($0) h at the current rate" } ?? ""))
            if let dropped = buffer.brokerDropped, dropped > 0 {
                lines.append("  the broker dropped \(dropped) messages")
            }
            if let redelivered = buffer.redelivered, redelivered > 0 {
                lines.append(
                    "  the broker redelivered \(redelivered) messages; they were already stored and skipped")
            }
            if let setAside = buffer.setAside { lines.append("  a damaged buffer was set aside: \(setAside)") }
            if let trouble = buffer.trouble { lines.append("  \(trouble)") }
        }
        if let uplink = status.uplink {
            let backlog = uplink.backlogEndsInSeconds.map { ", backlog cleared in \($0) s" } ?? ""
            lines.append("uplink: \(uplink.state)\(backlog)")
            if let remedy = uplink.remedy { lines.append("  \(remedy)") }
            for (subject, reason) in (uplink.refused ?? [:]).sorted(by: { $0.key < $1.key }) {
                lines.append("  permanently refused: \(subject): \(reason)")
            }
        }
        if let clock = status.clock { lines += text(clock) }
        if let control = status.control, let late = control.latenessP99 {
            lines.append(
                "control: \(control.cycles) cycles, p99 of the latest \(late) ms late, "
                    + "\(control.missed) skipped")
        }
        for (name, room) in (status.rooms ?? [:]).sorted(by: { $0.key < $1.key }) {
            let temperature = room.temperature.map { "\($0) °C" } ?? "no temperature"
            lines.append(
                "\(name): \(temperature), set-point \(room.setpoint) °C\(text(room.setpointBy)), "
                    + "valve \(room.level) %\(text(ofCommand: room)), \(room.quality): \(room.reasonText ?? room.reason)"
            )
        }
        lines += (status.problems ?? []).map { "problem: \($0)" }
        return lines.map(\.printable).joined(separator: "\n")
    }

    /// Returns the state of a valve's command; empty if the broker has accepted it.
    private static func text(ofCommand room: GatewayStatus.Room) -> String {
        guard let command = room.command, command != "accepted" else { return "" }
        let accepted = room.acceptedLevel.map { "; the broker last accepted \($0) %" } ?? ""
        return " (\(command)\(accepted))"
    }

    /// Returns the author of a set-point; empty if it is the configuration's.
    private static func text(_ author: GatewayStatus.Author?) -> String {
        guard let author, author.source != "configuration" else { return "" }
        let until = author.until.map { ", until \($0)" } ?? ""
        return " (by \(author.who ?? author.source)\(until))"
    }

    /// Returns the problems of the clock; empty if there are none.
    private static func text(_ clock: GatewayStatus.Clock) -> [String] {
        var lines: [String] = []
        if !clock.isSet {
            lines.append("clock: not set; \(clock.waitingForClock ?? 0) readings wait for it. Is there a time server?")
        }
        if clock.steps > 0 { lines.append("clock: stepped \(clock.steps) times since the start") }
        if let count = clock.implausibleTimes, count > 0 {
            lines.append("clock: \(count) readings had an implausible time")
        }
        return lines
    }
}
