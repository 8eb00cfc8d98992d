import Foundation
import Testing

@Suite struct `hearth-simulate day` {
    @Test func `prints a table and a summary, and says where the chart is`() async throws {
        try await withFolder { folder in
            let command = try Command.run("day", "--room", "heavy", in: folder)
            #expect(command.exitCode == 0)
            #expect(command.error.isEmpty)
            #expect(command.output.contains("\n24:00 "))
            #expect(command.output.contains("% of the time within ±0.5 K"))
            #expect(command.output.contains("chart: hearth-day-heavy.svg"))
            let chart = folder.appendingPathComponent("hearth-day-heavy.svg")
            #expect(try String(contentsOf: chart, encoding: .utf8).hasPrefix("<svg "))
        }
    }

    @Test func `prints JSON for programs`() async throws {
        try await withFolder { folder in
            let command = try Command.run("day", "--json", "--seed", "7", "--svg", "chart.svg", in: folder)
            #expect(command.exitCode == 0)
            let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any]
            #expect(object?["seed"] as? Int == 7)
            #expect((object?["hours"] as? [Any])?.count == 25)
            let summary = try #require(object?["summary"] as? [String: Any])
            #expect(summary["meanAbsoluteErrorKelvin"] is Double)
        }
    }

    @Test func `says what is wrong when the chart can't be written`() async throws {
        try await withFolder { folder in
            let command = try Command.run("day", "--svg", "no/such/place.svg", in: folder)
            #expect(command.exitCode == 1)
            #expect(command.error.contains("no/such/place.svg"))
            #expect(command.error.contains("No such file or directory"))
            #expect(command.error.contains("--svg"))
        }
    }

    @Test(arguments: [
        ["day", "--room", "round"], ["day", "--setpoint", "31"], ["day", "--setpoint", "nan"], ["day", "--seed", "-1"],
        ["day", "--outdoor-mean", "60"], ["day", "--outdoor-amplitude", "-1"], ["day", "extra"], ["night"],
        ["hotel", "--interval", "0"], ["hotel", "--mqtt-port", "0"], ["hotel", "--speed", "-1"],
        ["hotel", "--set", "mqtt.port=1"], ["home", "--speed", "0"], ["home", "--latitude", "91"],
        ["home", "--start", "yesterday"], ["home", "--start", "2026-02-30T12:00"], ["home", "--car-wh", "0"],
        ["loop", "--setpoint", "31"], ["loop", "--start", "yesterday"],
        ["loop", "--set", "mqtt.port=1"], ["replay"], ["replay", "a.csv", "--speed", "0"],
        ["replay", "a.csv", "--from", "noon"], ["replay", "a.csv", "--from", "2025-01-02", "--until", "2025-01-01"],
        ["replay", "a.csv", "--timestamps", "never"], ["replay", "a.csv", "--time-zone", "Berlin"],
    ])
    func `exits 64 on wrong usage and says why`(arguments: [String]) async throws {
        try await withFolder { folder in
            let (process, _, error) = try Command.start(arguments, in: folder)
            process.waitUntilExit()
            #expect(process.terminationStatus == 64)
            #expect(try String(contentsOf: error, encoding: .utf8).hasPrefix("Error: "))
        }
    }
}
