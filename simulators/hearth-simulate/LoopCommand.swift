import ArgumentParser
import Building
import CivilTime
import ClimateControl
import EdgeConfiguration
import Foundation
import WireFormat

/// The subcommand `loop`, which controls a plant simulated elsewhere.
struct LoopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop",
        abstract: "Runs the gateway's control code in virtual time with an external plant simulation.",
        discussion: """
            Each line of standard input is a JSON object with the seconds since the start and the readings at that time, \
            in the same form as on MQTT; “outdoor”, in °C, is optional:

            {"time":60,"room":"room-1","readings":[…],"outdoor":-3.1}

            Each is answered immediately by a line on standard output:

            {"time":60,"room":"room-1","level":14,"reason":"…","temperature":21.2,…}

            Between two lines of a room, its valve is assumed to be at the level of the last answer. Rooms may alternate \
            in any order. An unusable line is reported on standard error with its number and gets no answer.
            """)

    @OptionGroup var configuration: SimulatorOptions

    @Option(
        help: ArgumentHelp(
            "The time at 0 s, ISO 8601; without an offset, in the building's time zone. Default: unknown, as for a "
                + "gateway whose clock is not set; schedules then hold comfort.", valueName: "time"))
    var start: String?

    @Option(
        help: ArgumentHelp(
            "The set-point of all rooms in °C, 5…30. Default: as configured, else 22.",
            valueName: "celsius"))
    var setpoint: Double?

    func validate() throws {
        if let setpoint, !SetpointLimits.celsius.contains(setpoint) {
            throw ValidationError("--setpoint \(setpoint) is out of range: 5…30.")
        }
    }

    func run() throws {
        let building = try configuration.load()
        let calendar = building?.calendar ?? .utc
        let start = try start.map { text in
            guard let start = ISO8601Time(text)?.moment(in: calendar) else {
                throw ValidationError("--start “\(text)” is not a valid time such as 2026-01-12T06:00:00+01:00.")
            }
            return start
        }
        var loop = VirtualLoop(climate: climate(of: building, calendar: calendar), calendar: calendar, start: start)
        var lines = LineReader(descriptor: FileHandle.standardInput.fileDescriptor)
        while let line = lines.next() {
            let outcome = loop.answer(line)
            for problem in outcome.problems {
                Console.complain("line \(lines.number): \(problem)")
            }
            if let answer = outcome.answer { Console.say(answer) }
        }
    }

    private func climate(of building: EdgeConfiguration?, calendar: LocalCalendar) -> BuildingClimate {
        func keeping(_ settings: RoomClimateSettings) -> RoomClimateSettings {
            var settings = settings
            settings.setpointCelsius = setpoint ?? settings.setpointCelsius
            return settings
        }
        let start = VirtualLoop.instant(seconds: 0)
        guard let building else {
            return BuildingClimate(
                rooms: [:], unlisted: keeping(RoomClimateSettings(calendar: calendar)), mostUnlisted: 10_000,
                startedAt: start)
        }
        return BuildingClimate(
            rooms: building.roomClimates.mapValues(keeping), unlisted: building.unlistedRoomClimate.map(keeping),
            startedAt: start)
    }
}
