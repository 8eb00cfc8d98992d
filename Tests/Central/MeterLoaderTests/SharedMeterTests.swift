import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// Against the real files, where they are.
@Suite(
    .withDatabaseServer, .database, .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] != nil, "HEARTH_SHARED_DATA is not set"))
struct SharedMeterTests {
    @Test func `counts the real month as it is known`() async throws {
        let folder = (ProcessInfo.processInfo.environment["HEARTH_SHARED_DATA"] ?? "") + "/meter/"
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        for added in [2688, 0] {
            for file in files {
                let output = try await MeterService.command(
                    ["import", "meter-data", folder + file, "--building", "home"])
                #expect(output.contains("readings: \(added) added, \(2688 - added) already stored"), "\(output)")
            }
        }
        let service = try await MeterService()
        let month = "start=2023-02-01&end=2023-02-28&meter=both"
        for (aggregation, total) in [("raw", 5376), ("hourly", 1344), ("daily", 56), ("weekly", 10), ("monthly", 2)] {
            let answer = try await service.readings(month + "&aggregation=\(aggregation)")
            #expect(answer.pagination.totalCount == total)
        }
        let whole = try await service.readings(month + "&aggregation=monthly&include=cost")
        #expect(whole.data.map(\.reading) == [97.6082, 36.19725])

        // The same from the file itself.
        struct Document: Decodable {
            struct Record: Decodable {
                var timestamp: String
                var value: Double?
                enum CodingKeys: String, CodingKey {
                    case timestamp
                    case value = "0100011D00FF"
                }
            }
            var data: [Record]
        }
        let records = try files.flatMap { file in
            try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: folder + file))).data
        }.compactMap { record in record.value.map { (time: record.timestamp, value: $0) } }
        // 2023-02-01 was a Wednesday; times are UTC.
        func day(_ time: String) -> Int { (Int(time.dropFirst(8).prefix(2))! + 2) % 7 }
        let weekdays = records.filter { (1...5).contains(day($0.time)) }
        let peak = weekdays.filter { (7..<20).contains(Int($0.time.dropFirst(11).prefix(2))!) }
        func sum(_ rows: [(time: String, value: Double)]) -> Double { rows.reduce(0) { $0 + $1.value } }
        let cost = try #require(whole.costBreakdown)
        #expect(abs(cost.totalCost - (sum(peak) * 0.32 + (sum(records) - sum(peak)) * 0.22)) < 1e-4)
        let working = try await service.readings(
            month + "&meter=active&weekday_only=true".replacing("meter=active&", with: ""))
        #expect(working.pagination.totalCount == weekdays.count * 2)
        let drawn = working.data.filter { $0.measurementType == "active" }.reduce(0) { $0 + $1.reading }
        #expect(abs(drawn - sum(weekdays)) < 1e-9)
        await service.central.process.terminate()
    }
}
