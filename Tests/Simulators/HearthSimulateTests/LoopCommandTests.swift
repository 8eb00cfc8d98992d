import Foundation
import Rig
import Testing

@Suite struct `hearth-simulate loop` {
    private struct Answer: Decodable, Equatable {
        var time: Double
        var room: String
        var level: Int
        var reason: String
        var temperature: Double?
        var quality: String
    }

    /// Five sensors that agree.
    private static func line(
        _ time: Double, _ celsius: Double, room: String = "room-1", outdoor: Double? = nil
    ) -> String {
        let readings = (1...5).map { #"{"sensorID":"sensor-\#($0)","type":"temperature","value":\#(celsius)}"# }
        return #"{"time":\#(time),"room":"\#(room)","readings":[\#(readings.joined(separator: ","))]"#
            + (outdoor.map { #","outdoor":\#($0)"# } ?? "") + "}"
    }

    private static func answers(_ command: Command) throws -> [Answer] {
        try command.output.split(separator: "\n").map {
            try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
        }
    }

    @Test func `answers each line with a level, a reason, a temperature and a quality`() async throws {
        try await withFolder { folder in
            let lines = [
                Self.line(0, 19, outdoor: -3.1), Self.line(60, 19),
                #"{"time":120,"room":"room-1","readings":[{"sensorID":"sensor-1","type":"temperature","value":85}]}"#,
                Self.line(180, 25),
            ]
            let command = try Command.run("loop", in: folder, input: lines.joined(separator: "\n"))
            #expect(command.exitCode == 0)
            #expect(command.error.isEmpty)
            let answers = try Self.answers(command)
            #expect(answers.map(\.time) == [0, 60, 120, 180])
            #expect(answers[0].level > 30)
            #expect(answers[0].reason == "heating: 3 K below the set-point of 22 °C")
            #expect(answers[0].temperature == 19)
            #expect(answers.map(\.quality) == ["good", "good", "degraded", "good"])
            #expect(answers[3].level == 0)
            #expect(
                command.output.hasPrefix(
                    #"{"time":0,"room":"room-1","level":\#(answers[0].level),"reason":"heating"#))
        }
    }

    @Test func `tells bad lines by their number, leaves them unanswered, and goes on`() async throws {
        try await withFolder { folder in
            let lines = [
                Self.line(0, 21), "not JSON", #"{"room":"room-1","readings":[]}"#,
                #"{"time":"noon","room":"room-1","readings":[]}"#, "[]", Self.line(-60, 21),
                Self.line(60, 21, room: "a b"), Self.line(60, 21, room: "building"), "",
                #"{"time":60,"room":"room-1","readings":[1,{"sensorID":"s"},"#
                    + #"{"sensorID":"sensor-1","type":"temperature","value":"warm"}]}"#,
                Self.line(30, 21), String(repeating: " ", count: 1 << 20) + "{}", #"{"time":1e999,"room":"r"}"#,
                Self.line(120, 21),
            ]
            let command = try Command.run("loop", in: folder, input: lines.joined(separator: "\n") + "\n")
            #expect(command.exitCode == 0)
            #expect(try Self.answers(command).map(\.time) == [0, 60, 120])
            let told = command.error.split(separator: "\n").map(String.init)
            #expect(
                told.map { $0.prefix { $0 != ":" } } == [
                    "line 2", "line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 10", "line 10",
                    "line 10", "line 11", "line 12", "line 13",
                ])
            #expect(told[0] == "line 2: not JSON")
            #expect(told[1] == "line 3: “time” is missing")
            #expect(told[2] == "line 4: “time” has the wrong type")
            #expect(told[7] == "line 10: readings[0] is skipped: it is not a reading")
            #expect(told[9] == "line 10: readings[2] is skipped: bad_value")
            #expect(told[10] == "line 11: time 30.0 is before 60.0, which room-1 has already reached")
        }
    }

    @Test func `before anything is known the valve stays, then it goes to its fail-safe level`() async throws {
        try await withFolder { folder in
            let lines = (0...6).map { #"{"time":\#($0 * 60),"room":"room-1","readings":[]}"# }
            let command = try Command.run("loop", in: folder, input: lines.joined(separator: "\n"))
            let answers = try Self.answers(command)
            #expect(answers.count == 7)
            #expect(answers.allSatisfy { $0.level == 20 && $0.quality == "failed" && $0.temperature == nil })
            #expect(answers[0].reason == "waiting for a first usable sensor; the valve is left unchanged")
            #expect(answers[6].reason.hasPrefix("fail-safe: no usable sensor"))
        }
    }

    @Test func `rooms take turns in one stream and do not know of each other`() async throws {
        try await withFolder { folder in
            let cold = (0..<60).map { Self.line(Double($0) * 60, 20, room: "cold") }
            let warm = (0..<60).map { Self.line(Double($0) * 300, 24, room: "warm") }
            let both = zip(cold, warm).flatMap { [$0, $1] }.joined(separator: "\n")
            let together = try Self.answers(Command.run("loop", in: folder, input: both))
            let alone = try Self.answers(Command.run("loop", in: folder, input: cold.joined(separator: "\n")))
            #expect(together.filter { $0.room == "cold" } == alone)
            #expect(together.filter { $0.room == "warm" }.allSatisfy { $0.level == 0 })
        }
    }

    @Test func `takes rooms from the gateway's configuration, and the schedule's time from --start`() async throws {
        try await withFolder { folder in
            let plain = try String(contentsOfFile: Checkout.file("config/edge-one-room.yaml"), encoding: .utf8)
            let configuration = folder.appendingPathComponent("edge.yaml")
            let schedule = "control:\n  schedule: [{ from: \"06:00\", until: \"22:00\" }]\n"
            try Data(plain.replacing("control:\n", with: schedule).utf8).write(to: configuration)
            func reasons(_ more: String...) throws -> [String] {
                let input = [Self.line(0, 21), Self.line(0, 21, room: "attic")].joined(separator: "\n")
                let file = folder.appendingPathComponent("lines")
                try Data(input.utf8).write(to: file)
                let (process, output, error) = try Command.start(
                    ["loop", "--config", configuration.path] + more, in: folder, input: FileHandle(forReadingFrom: file)
                )
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
                let told = try String(contentsOf: error, encoding: .utf8)
                #expect(
                    told
                        == "line 2: the configuration has no room “attic” with sensors, and adoptUnlistedRooms is false\n"
                )
                return try Self.answers(
                    Command(output: String(contentsOf: output, encoding: .utf8), error: "", exitCode: 0)
                ).map(\.reason)
            }
            #expect(try reasons() == ["heating: 1 K below the set-point of 22 °C"])
            #expect(try reasons("--setpoint", "20") == ["closed: 1 K above the set-point of 20 °C"])
            let night = try reasons("--start", "2026-01-12T23:30:00")
            #expect(night == ["closed: 2 K above 19 °C (scheduled eco)"])
            #expect(try reasons("--start", "2026-01-12T23:30:00Z") == night)
            #expect(try reasons("--start", "2026-01-12T05:30:00Z") != night)
        }
    }

    @Test func `a week of one-minute steps takes seconds, each answered before the next is asked`() async throws {
        try await withFolder { folder in
            let process = Process()
            let (input, output) = (Pipe(), Pipe())
            process.executableURL = Command.executable
            process.arguments = ["loop"]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            var room = TwoLags(celsius: 18)
            var far = 0
            let start = ContinuousClock.now
            for minute in 0..<(7 * 1440) {
                input.fileHandleForWriting.write(Data((Self.line(Double(minute) * 60, room.celsius) + "\n").utf8))
                let answer = try JSONDecoder().decode(Answer.self, from: output.fileHandleForReading.availableData)
                #expect((0...100).contains(answer.level))
                room.liveMinute(openPercent: Double(answer.level))
                if minute > 1440, abs(room.celsius - 22) > 0.3 { far += 1 }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            try input.fileHandleForWriting.close()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(seconds < 10, "\(seconds) s")
            // The valve's weekly exercise comes at the very end.
            #expect(far < 60, "\(far) min")
        }
    }

    /// A plant of the test's own: radiator and air, one lag each.
    private struct TwoLags {
        var celsius: Double
        var heatPercent = 0.0

        mutating func liveMinute(openPercent: Double) {
            heatPercent += 60 / 900 * (openPercent - heatPercent)
            celsius += 60 / 1500 * (19 + 0.06 * heatPercent - celsius)
        }
    }
}
