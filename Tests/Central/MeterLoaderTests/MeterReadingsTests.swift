import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// `GET /meter_readings` of the real program, on what it imported from small made-up files; every figure beside one that
/// is counted here, from the same rows, with Foundation's calendar.
@Suite(.withDatabaseServer, .database, .serialized) struct MeterReadingsTests {
    // The made-up month: from 2023-03-20 00:00 UTC for 14 days, with the change to summer time in it.
    static let begin = Date(timeIntervalSince1970: 1_679_270_400)
    static let quarters = 14 * 96
    static let rows =
        FakeSource.quarters(quarters, from: begin, muid: "drawn") { Double(($0 * 7919) % 1000) / 1000 }
        + FakeSource.quarters(quarters, from: begin, muid: "delivered", code: "0100021D00FF") {
            (28..<72).contains($0 % 96) ? Double(($0 * 104_729) % 500) / 1000 : 0
        }

    let folder = TemporaryFolder()

    func importing() async throws -> String {
        let path = try folder.write(
            "meters.json", #"{"data":["# + Self.rows.reversed().map(\.json).joined(separator: ",\n") + "]}")
        return try await MeterService.command(["import", "meter-data", path, "--building", "home"])
    }

    static func calendar(_ zone: String) -> Calendar {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(identifier: zone)!
        return calendar
    }

    static func sum(_ rows: [FakeSource.Row]) -> Double { (rows.reduce(0) { $0 + $1.value } * 1e9).rounded() / 1e9 }

    static func near(_ left: Double?, _ right: Double?, _ tolerance: Double = 2e-9) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): abs(left - right) <= tolerance
        default: false
        }
    }

    static func mean(_ rows: [FakeSource.Row]) -> Double? { rows.isEmpty ? nil : sum(rows) / Double(rows.count) }

    @Test(arguments: ["UTC", "Europe/Zurich", "Asia/Kolkata"])
    func `answers as an independent count does, in the tariff's time zone`(zone: String) async throws {
        let first = try await importing()
        #expect(first.contains("\(first.contains(" 0 added") ? 0 : 2688) added"))
        let second = try await importing()
        #expect(second.contains("readings: 0 added, 2688 already stored"), "\(second)")
        let service = try await MeterService(["tariff.timeZone=\(zone)"])
        let calendar = Self.calendar(zone)
        func day(_ date: Date) -> Int { calendar.component(.weekday, from: date) - 1 }
        func hour(_ date: Date) -> Int { calendar.component(.hour, from: date) }
        let days = (
            calendar.date(from: DateComponents(year: 2023, month: 3, day: 21))!,
            calendar.date(from: DateComponents(year: 2023, month: 4, day: 2))!
        )
        let within = Self.rows.filter { $0.time >= days.0 && $0.time < days.1 }
        let drawn = within.filter { $0.muid == "drawn" }
        let delivered = within.filter { $0.muid == "delivered" }
        let range = "start=2023-03-21&end=2023-04-01"

        // Raw.
        let raw = try await service.readings(range + "&include=stats,patterns,heatmap,cost")
        #expect(raw.pagination.totalCount == within.count)
        #expect(raw.data.count == within.count)
        #expect(Self.near(raw.data.reduce(0) { $0 + $1.reading }, Self.sum(within), 1e-6))
        let format = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: calendar.timeZone)
        for row in raw.data {
            let date = try Date(row.timestamp, strategy: .iso8601)
            #expect(row.hour == hour(date) && row.dayOfWeek == day(date), "\(row)")
            #expect(row.quality == "measured")
            #expect(
                (row.measurementType, row.obis, row.direction, row.meterId)
                    == (row.meterId == "drawn"
                        ? ("active", "1-0:1.29.0", "import", "drawn")
                        : ("reactive", "1-0:2.29.0", "export", "delivered")))
        }
        let times = try raw.data.map { try Date($0.timestamp, strategy: .iso8601) }
        #expect(times == times.sorted())
        if zone == "UTC" { #expect(raw.data[0].timestamp == "2023-03-21T00:00:00+00:00") }
        #expect(raw.data[0].timestamp.suffix(6) == (zone == "UTC" ? "+00:00" : format.format(days.0).suffix(6)))

        // Summed up.
        let units: [(String, (Date) -> Date)] = [
            ("hourly", { calendar.dateInterval(of: .hour, for: $0)!.start }),
            ("daily", { calendar.startOfDay(for: $0) }),
            ("weekly", { calendar.dateInterval(of: .weekOfYear, for: $0)!.start }),
            ("monthly", { calendar.dateInterval(of: .month, for: $0)!.start }),
        ]
        for (name, start) in units {
            let answer = try await service.readings(range + "&aggregation=\(name)")
            let expected = Dictionary(grouping: within) { [start($0.time).timeIntervalSince1970.description, $0.muid] }
            #expect(answer.pagination.totalCount == expected.count, "\(name)")
            #expect(answer.data.count == expected.count)
            for row in answer.data {
                let time = try Date(row.timestamp, strategy: .iso8601).timeIntervalSince1970.description
                let group = expected[[time, row.direction == "import" ? "drawn" : "delivered"]] ?? []
                #expect(row.count == group.count, "\(name) \(row.timestamp)")
                #expect(Self.near(row.reading, Self.sum(group)) && Self.near(row.avgReading, Self.mean(group)))
                #expect(row.minReading == group.map(\.value).min() && row.maxReading == group.map(\.value).max())
            }
        }

        // Weekdays and weekends.
        for (name, keep) in [("weekday_only", { (1...5).contains($0) }), ("weekend_only", { [0, 6].contains($0) })]
            as [(String, (Int) -> Bool)]
        {
            let answer = try await service.readings(range + "&meter=active&\(name)=true&include=cost")
            let kept = drawn.filter { keep(day($0.time)) }
            #expect(answer.pagination.totalCount == kept.count)
            #expect(answer.data.allSatisfy { keep($0.dayOfWeek!) && $0.measurementType == "active" })
            #expect(Self.near(answer.costBreakdown?.totalKwh, Self.sum(kept)))
        }

        // What include adds.
        for (type, rows) in [("active", drawn), ("reactive", delivered)] {
            let stats = try #require(raw.stats?[type] ?? nil)
            #expect(stats.count == rows.count)
            #expect(Self.near(stats.total, Self.sum(rows)) && Self.near(stats.average, Self.mean(rows)))
            #expect(stats.minimum == rows.map(\.value).min() && stats.maximum == rows.map(\.value).max())
            #expect(try Date(stats.last, strategy: .iso8601) == rows.map(\.time).max())
        }
        #expect(raw.hourlyPattern?.map(\.hour) == Array(0..<24))
        for entry in raw.hourlyPattern ?? [] {
            #expect(Self.near(entry.active, Self.mean(drawn.filter { hour($0.time) == entry.hour })))
            #expect(Self.near(entry.reactive, Self.mean(delivered.filter { hour($0.time) == entry.hour })))
        }
        #expect(raw.dailyPattern?.map(\.dayOfWeek) == Array(0..<7))
        for entry in raw.dailyPattern ?? [] {
            #expect(Self.near(entry.active, Self.mean(drawn.filter { day($0.time) == entry.dayOfWeek })))
        }
        #expect(raw.heatmap?.count == 24)
        for (row, cells) in (raw.heatmap ?? []).enumerated() {
            #expect(cells.count == 7)
            for (column, cell) in cells.enumerated() {
                #expect(
                    Self.near(cell, Self.mean(drawn.filter { hour($0.time) == row && day($0.time) == column })))
            }
        }
        let peak = drawn.filter { (1...5).contains(day($0.time)) && (7..<20).contains(hour($0.time)) }
        let cost = try #require(raw.costBreakdown)
        #expect(cost.currency == "CHF")
        #expect(Self.near(cost.peakKwh, Self.sum(peak)) && Self.near(cost.totalKwh, Self.sum(drawn)))
        let expected = Self.sum(peak) * 0.32 + (Self.sum(drawn) - Self.sum(peak)) * 0.22
        #expect(Self.near(cost.totalCost, expected, 1e-4), "\(cost.totalCost) \(expected)")
        await service.central.process.terminate()
    }

    @Test func `leads through pages, and filters by meter and building`() async throws {
        _ = try await importing()
        let service = try await MeterService(["tariff.peakPrice=0.5", "tariff.currency=EUR", "tariff.peakEndHour=22"])
        var seen: [String] = []
        for page in 1...14 {
            let answer = try await service.readings("page=\(page)&per_page=200")
            #expect(
                answer.pagination
                    == .init(
                        page: page, perPage: 200, totalCount: 2688, totalPages: 14, hasNext: page < 14,
                        hasPrev: page > 1))
            seen += answer.data.map { $0.timestamp + ($0.meterId ?? "") }
        }
        #expect(seen.count == 2688)
        #expect(Set(seen).count == 2688)
        #expect(seen.map { $0.prefix(25) } == seen.map { $0.prefix(25) }.sorted())
        #expect(seen.enumerated().allSatisfy { $1.hasSuffix($0 % 2 == 0 ? "drawn" : "delivered") })
        let beyond = try await service.readings("page=15&per_page=200")
        #expect(beyond.data.isEmpty && beyond.pagination.totalCount == 2688 && !beyond.pagination.hasNext)
        #expect(try await service.readings("meter_id=drawn").pagination.totalCount == 1344)
        #expect(try await service.readings("meter_id=drawn&meter=reactive").pagination.totalCount == 0)
        #expect(try await service.readings("building_id=1&meter=reactive").pagination.totalCount == 1344)
        let none = try await service.readings("start=2030-01-01&end=2030-01-02&include=stats,heatmap,cost,patterns")
        #expect(none.pagination.totalPages == 0)
        #expect(none.costBreakdown?.totalCost == 0)
        #expect(none.pricing["peak_price"] == .number(0.5))
        let pricing = try await service.call("/pricing/config/")
        #expect(
            String(decoding: pricing.body, as: UTF8.self)
                == #"{"currency":"EUR","unit":"kWh","peak_price":0.5,"off_peak_price":0.22,"peak_start_hour":7,"#
                + #""peak_end_hour":22,"peak_days":[1,2,3,4,5],"time_zone":"UTC"}"#)
        await service.central.process.terminate()
    }

    static let mistakes: [(query: String, status: Int, code: String)] = [
        ("start=2023-02-30", 400, "bad_date"), ("start=", 400, "bad_date"), ("end=soon", 400, "bad_date"),
        ("start=2023-02-01T00:00:00", 400, "bad_date"),
        ("start=2023-03-01&end=2023-02-01", 400, "end_before_start"),
        ("start=1990-01-01&end=2023-01-01", 400, "range_too_large"),
        ("meter=gas", 400, "bad_parameter"), ("aggregation=yearly", 400, "bad_parameter"),
        ("include=all", 400, "bad_parameter"),
        ("include=stats,", 400, "bad_parameter"), ("weekday_only=1", 400, "bad_parameter"),
        ("weekday_only=true&weekend_only=true", 400, "contradiction"), ("page=0", 400, "bad_parameter"),
        ("per_page=99", 400, "bad_parameter"), ("per_page=50001", 400, "bad_parameter"),
        ("building_id=x", 400, "bad_parameter"),
        ("building_id=999", 404, "unknown_building"), ("meter_id=nobody", 404, "unknown_meter"),
        ("limit=5", 400, "unknown_parameter"),
    ]

    @Test func `says what is wrong with a question, and answers operators only`() async throws {
        _ = try await importing()
        let service = try await MeterService()
        for (query, status, code) in Self.mistakes {
            let answer = try await service.call("/meter_readings?" + query)
            #expect(answer.status == status, "\(query)")
            #expect(answer.code == code, "\(query)")
        }
        let gateway = try await CentralProcess.token("gateway", "--building", "home")
        for path in ["/meter_readings", "/pricing/config"] {
            #expect(try await service.call(path, token: gateway).status == 403)
            #expect(try await service.call(path, token: "").status == 401)
        }
        await service.central.process.terminate()
    }

    @Test func `loads configured meters by itself, and counts it in the metrics`() async throws {
        let source = try await FakeSource()
        source.set(FakeSource.quarters(300, from: Self.begin, muid: "auto"))
        _ = try await importing()
        let configuration = try folder.write(
            "central.yaml",
            """
            meters:
              everySeconds: 900
              sources:
                - url: \(source.url)
                  building: home
                  muids: [auto]
            """)
        let service = try await MeterService(configuration: configuration)
        try await eventually("the meter is loaded", detail: service.central.process.output) {
            let answer = try? await service.call("/meter_readings?meter_id=auto")
            return answer?.text.contains("\"total_count\":300") ?? false
        }
        let metrics = try await service.call("/metrics")
        #expect(metrics.text.contains(#"hearth_meter_readings_total{result="added"} 300"#))
        #expect(await service.central.process.terminate() == 0)
        let wrong = try folder.write("wrong.yaml", "meters: {sources: [{url: \(source.url), muids: [a, a]}]}")
        let refused = try await CentralProcess.command("serve", "--config", wrong)
        #expect(refused.status == 78)
        #expect(refused.output.contains("meters.sources[0].muids: “a” is repeated"), "\(refused.output)")
    }
}
