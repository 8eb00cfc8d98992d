import DatabaseRig
import Foundation
import Postgres
import Rig
import ServiceRig
import Testing

@Suite(.withDatabaseServer, .database, .serialized) struct ImportCommandTests {
    let folder = TemporaryFolder()

    func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        try await CentralProcess.command(["import"] + arguments)
    }

    @Test func `ends with the status that scripts expect, and says what it did`() async throws {
        let good = try folder.write("meters.csv", ReadingsImportTests.wide)
        let bad = try folder.write("bad.csv", ReadingsImportTests.wide.replacing("4.83", with: "4.8x"))
        let none = try await run(["power-meters", good])
        #expect(none.status == 1)
        #expect(none.output.contains("There is no building yet"))
        let first = try await run(["power-meters", good, "--building", "cli", "--time-zone", "Asia/Bangkok"])
        #expect(first.status == 0, "\(first.output)")
        #expect(first.output.contains("readings: 4 added, 0 already stored"))
        #expect(first.output.contains("times without an offset are in Asia/Bangkok"))
        let second = try await run(["power-meters", good])
        #expect(second.status == 0)
        #expect(second.output.contains("readings: 0 added, 4 already stored"))
        let wrong = try await run(["power-meters", bad, "--building", "cli"])
        #expect(wrong.status == 65)
        #expect(wrong.output.contains("bad.csv:2, column 2 (power_kw_power_meter_1): “4.8x”: not a number"))
        #expect(wrong.output.contains("readings: 0 added, 3 already stored"))
        for (arguments, status): ([String], Int32) in [
            (["power-meters", "/nowhere.csv"], 1), (["readings", good, "--room", "a b"], 1), (["power-meters"], 64),
            (["gas"], 64), (["readings", "--help"], 0), (["--help"], 0), (["meter-data", "/nowhere.json"], 1),
            (["readings", good, "--set", "http.port=x"], 78), (["meter-data", good], 65),
        ] {
            let result = try await run(arguments)
            #expect(result.status == status, "\(arguments): \(result.output)")
        }
    }
}

/// Against the real files, where they are.
@Suite(
    .withDatabaseServer, .database, .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] != nil, "HEARTH_SHARED_DATA is not set"))
struct SharedDataTests {
    let hotel = (ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] ?? "") + "/hotel/"

    @Test func `imports the hotel's files twice, and the first hour's energy is right`() async throws {
        let arguments = ["--building", "grand", "--time-zone", "Europe/Berlin"]
        let power = [hotel + "sample_power_meter_data_2024-11-07_0000-0159.csv"]
        let rooms = [hotel + "sample_iaq_data_Room101.csv", hotel + "sample_presence_sensor_data_Room101.csv"]
        for (added, there) in [(720, 0), (0, 720)] {
            let result = try await ImportCommandTests().run(["power-meters"] + power + arguments)
            #expect(result.output.contains("readings: \(added) added, \(there) already stored"), "\(result.output)")
        }
        for (added, there) in [(259_200, 0), (0, 259_200)] {
            let result = try await ImportCommandTests().run(["readings"] + rooms + arguments)
            #expect(result.output.contains("readings: \(added) added, \(there) already stored"), "\(result.output)")
        }
        let pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 1))
        defer { pool.close() }
        let energies = try await pool.withConnection { connection in
            try connection.query(
                """
                SELECT subsystem || ' ' || round(sum(sum / count * 0.25)::numeric, 4)
                FROM rollup_quarter JOIN power_meter USING (series_id)
                WHERE bucket >= '2024-11-06 23:00Z' AND bucket < '2024-11-07 00:00Z' GROUP BY subsystem ORDER BY 1
                """
            ).map { try $0.value(0, as: String.self) }
        }
        #expect(energies == ["ac 10.3167", "lighting 4.2793", "plug_load 1.6137"])
    }
}
