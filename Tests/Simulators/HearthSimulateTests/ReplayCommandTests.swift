import Foundation
import Rig
import Testing

@Suite struct `hearth-simulate replay` {
    private static let air = """
        datetime,temperature,humidity,co2
        2024-12-27 00:00:00.00,24.5,55.0,488.8
        2024-12-27 00:01:00.00,warm,55.5,496.0
        2024-12-27 00:02:00.00,25.8,54.8
        2024-12-27 00:03:00.00,25.8,54.8,482.7

        """
    private static let presence = """
        datetime,online_status,sensitivity,presence_state
        2024-12-03 00:00:00.00,online,100.0,unoccupied
        2024-12-03 00:01:00.00,online,100.0,occupied

        """

    /// Plays files by name and text at high speed, and gives what came in, as `topic payload`, and what was said.
    private func play(
        _ files: [(name: String, text: String)], _ arguments: String..., expecting count: Int
    ) async throws -> (messages: [String], output: String) {
        let broker = try await Broker()
        let folder = TemporaryFolder()
        let paths = try files.map { try folder.write($0.name, $0.text) }
        let subscriber = try broker.subscriber("#")
        // The subscription holds once something has come.
        try await eventually("the subscription") {
            try await broker.publish("ready", "yes")
            return subscriber.output.contains("ready")
        }
        let result = try await ManagedProcess.run(
            Command.executable.path,
            ["replay"] + paths + ["--mqtt-port", "\(broker.port)", "--speed", "100000"] + arguments)
        #expect(result.status == 0, "\(result.output)")
        func messages() -> [String] {
            subscriber.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("ready") }
        }
        try await eventually("\(count) messages", detail: subscriber.output) { messages().count >= count }
        #expect(messages().count == count)
        return (messages(), result.output.replacing(folder.path + "/", with: ""))
    }

    @Test func `sends each record as its device did, with its time, and tells which lines are wrong`() async throws {
        let (messages, output) = try await play([("iaq_Room101.csv", Self.air)], expecting: 3)
        #expect(
            messages == [
                #"/readings/room-101/iaq {"device_id":"iaq","timestamp":1735257600,"#
                    + #""datetime":"2024-12-27 00:00:00.00","#
                    + #""datapoints":{"temperature":24.5,"humidity":55.0,"co2":488.8}}"#,
                #"/readings/room-101/iaq {"device_id":"iaq","timestamp":1735257660,"#
                    + #""datetime":"2024-12-27 00:01:00.00","datapoints":{"humidity":55.5,"co2":496.0}}"#,
                #"/readings/room-101/iaq {"device_id":"iaq","timestamp":1735257780,"#
                    + #""datetime":"2024-12-27 00:03:00.00","#
                    + #""datapoints":{"temperature":25.8,"humidity":54.8,"co2":482.7}}"#,
            ])
        #expect(output.contains("iaq_Room101.csv:3, column 2 (temperature): “warm”: not a number\n"))
        #expect(output.contains("iaq_Room101.csv:4: a different number of fields from the header: 3 instead of 4\n"))
        #expect(output.contains("ended: 3 messages from 3 lines sent, 2 invalid fields or lines skipped"))
    }

    @Test func `plays power meters from a wide file and from one file each, in the time zone that is named`()
        async throws
    {
        let wide = "datetime,power_kw_power_meter_1,power_kw_power_meter_2\n2024-11-07 00:00:00.00,4.83,4.77\n"
        let single = "datetime,power_kw\n2024-11-07 00:01:00,4.52\n"
        let (messages, _) = try await play(
            [("wide.csv", wide), ("power_meter_3.csv", single)], "--time-zone", "Europe/Berlin", expecting: 3)
        func message(_ meter: Int, _ time: Int, _ text: String, _ power: Double) -> String {
            #"/readings/building/power_meter {"device_id":"power_meter_\#(meter)","timestamp":\#(time),"#
                + #""datetime":"\#(text)","datapoints":{"power_kw":\#(power)}}"#
        }
        #expect(
            messages == [
                message(1, 1_730_934_000, "2024-11-06 23:00:00.00", 4.83),
                message(2, 1_730_934_000, "2024-11-06 23:00:00.00", 4.77),
                message(3, 1_730_934_060, "2024-11-06 23:01:00.00", 4.52),
            ])
    }

    @Test func `files of different months play one after the other, or together`() async throws {
        let files = [("iaq_Room101.csv", Self.air), ("presence_Room101.csv", Self.presence)]
        func kinds(_ messages: [String]) -> [Substring] {
            messages.map { $0.dropFirst("/readings/room-101/".count).prefix { $0 != " " } }
        }
        let apart = try await play(files, "--speed", "1000000", "--from", "2024-12-03T00:01:00", expecting: 4)
        #expect(kinds(apart.messages) == ["life_being", "iaq", "iaq", "iaq"])
        #expect(apart.messages[0].contains(#""presence_state":"occupied""#))
        let together = try await play(files, "--together", "--until", "2024-12-27T00:02", expecting: 4)
        #expect(Set(kinds(together.messages).prefix(2)) == ["life_being", "iaq"])
        #expect(together.messages.allSatisfy { $0.contains("2024-12-03") || $0.contains("2024-12-27") })
    }

    @Test func `keeps the records' distances, and tells the present where that is wanted`() async throws {
        let start = ContinuousClock.now
        let (messages, _) = try await play(
            [("presence_Room101.csv", Self.presence)], "--speed", "60", "--timestamps", "now", expecting: 2)
        #expect(ContinuousClock.now - start >= .seconds(1))
        let now = Date().timeIntervalSince1970
        for message in messages {
            let text = try #require(message.firstMatch(of: #/"timestamp":([0-9]+)/#)?.1)
            let told = try #require(Double(text))
            let seconds = told > 1e11 ? told / 1000 : told
            #expect(abs(now - seconds) < 60)
        }
    }

    @Test func `ends on SIGTERM while it waits for the next record`() async throws {
        let broker = try await Broker()
        let folder = TemporaryFolder()
        let file = try folder.write("presence_Room101.csv", Self.presence)
        let replay = try ManagedProcess(
            Command.executable.path, ["replay", file, "--mqtt-port", "\(broker.port)", "--speed", "0.5"])
        try await replay.waitFor(output: "nothing for 1")
        #expect(await replay.terminate() == 0)
        #expect(replay.output.contains("ended: 1 messages from 1 lines sent"))
    }

    @Test func `says what is wrong with a file, and what to do about it`() async throws {
        try await withFolder { folder in
            let missing = try Command.run("replay", "nowhere.csv", in: folder)
            #expect(missing.exitCode == 1)
            #expect(missing.error.contains("nowhere.csv cannot be opened: No such file or directory"))
            try Data("datetime,co2\n2024-12-27 00:00,1\n".utf8).write(to: folder.appendingPathComponent("air.csv"))
            let lost = try Command.run("replay", "air.csv", in: folder)
            #expect(lost.exitCode == 1)
            #expect(lost.error.contains("Use --room: the building has room-101"))
        }
    }
}

/// With the real files, where they are.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] != nil, "HEARTH_SHARED_DATA is not set"))
struct `The recorded hotel` {
    private let hotel = (ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] ?? "") + "/hotel/"

    @Test func `is played whole`() async throws {
        let broker = try await Broker()
        let files = [
            "sample_iaq_data_Room101.csv", "sample_presence_sensor_data_Room101.csv",
            "sample_power_meter_data_2024-11-07_0000-0159.csv",
        ].map { hotel + $0 }
        let result = try await ManagedProcess.run(
            Command.executable.path,
            ["replay"] + files + ["--mqtt-port", "\(broker.port)", "--speed", "1000000", "--together"])
        #expect(result.status == 0)
        #expect(result.output.contains("ended: 87120 messages from 86520 lines sent\n"), "\(result.output)")
    }
}
