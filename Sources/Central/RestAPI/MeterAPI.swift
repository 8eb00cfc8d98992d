package import APISupport
internal import Building
internal import CivilTime
internal import Hummingbird
internal import JSON
package import Storage

/// The readings of smart meters and their cost, for operators.
///
/// Days, weeks, hours, weekdays and the tariff all use one time zone, the tariff's.
package struct MeterAPI: Sendable {
    private let store: CentralStore
    private let tariff: EnergyTariff

    package init(store: CentralStore, tariff: EnergyTariff) {
        self.store = store
        self.tariff = tariff
    }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        book.add(.get, "/meter_readings", for: [.operator], readings)
        book.add(.get, "/pricing/config", for: [.operator], pricing)
    }

    @Sendable
    private func pricing(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return .json(tariff.json)
    }

    @Sendable
    private func readings(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let asked = try MeterReadingsRequest(request)
        let registers = try await registers(asked)
        let question = try await question(asked, registers.map(\.id))
        let data: [JSON]
        let total: Int
        let offset = (asked.page - 1) * asked.perPage
        if let unit = asked.aggregation.unit {
            let buckets = try await store.meterBuckets(question, by: unit, limit: asked.perPage, offset: offset)
            let time = ISO8601Writer(tariff.calendar)
            data = buckets.page.map { $0.json(time) }
            total = buckets.total
        } else {
            let rows = try await store.meterReadings(question, limit: asked.perPage, offset: offset)
            let writer = RawRows(registers, tariff.calendar)
            data = rows.page.map(writer.json)
            total = rows.total
        }
        var members: [JSON.Member] = [
            .init("data", .array(data)), .init("pagination", Self.pagination(asked, total)),
            .init("pricing", tariff.json),
        ]
        if !asked.extras.isEmpty {
            let summary = MeterSummary(
                try await store.meterProfile(question), types: asked.types, tariff: tariff)
            members += summary.members(asked.extras)
        }
        return .json(.object(members))
    }

    /// Returns the requested registers.
    private func registers(_ asked: MeterReadingsRequest) async throws -> [MeterRegisterEntry] {
        if let building = asked.building, try await !store.hasHotel(building) {
            throw APIError.notFound(
                code: "unknown_building", "There is no building \(building).",
                hint: "GET /hotels/ lists the ones you may see.")
        }
        let registers = try await store.meterRegisters(hotel: asked.building, muid: asked.muid)
        if registers.isEmpty, let muid = asked.muid {
            throw APIError.notFound(
                code: "unknown_meter",
                "There is no meter “\(muid)”\(asked.building.map { " in building \($0)" } ?? "").",
                hint: "Without meter_id, the readings of all meters are returned, each with its meter_id.")
        }
        return registers.filter { asked.types.contains($0.register.measurementType) }
    }

    private func question(_ asked: MeterReadingsRequest, _ registers: [Int]) async throws -> MeterQuestion {
        var start = asked.start
        var end = asked.end
        if start == nil || end == nil, let extent = try await store.extent(ofMeterRegisters: registers) {
            let days = MeterReadingsRequest.days(of: extent, in: tariff.calendar)
            start = start ?? min(days.lowerBound, end ?? days.lowerBound)
            end = end ?? max(days.upperBound, start!)
            try MeterReadingsRequest.check(start!, end!)
        }
        // Without any reading, every range is empty.
        let from = start.map(tariff.calendar.start(of:)) ?? Timestamp.representable.lowerBound
        return MeterQuestion(
            registers: registers, from: from, until: end.map { tariff.calendar.start(of: $0.adding(days: 1)) } ?? from,
            days: asked.days, calendar: tariff.calendar)
    }

    private static func pagination(_ asked: MeterReadingsRequest, _ total: Int) -> JSON {
        let pages = (total + asked.perPage - 1) / asked.perPage
        return [
            "page": .integer(asked.page), "per_page": .integer(asked.perPage), "total_count": .integer(total),
            "total_pages": .integer(pages), "has_next": .bool(asked.page < pages),
            "has_prev": .bool(asked.page > 1),
        ]
    }
}

extension EnergyTariff {
    var json: JSON {
        [
            "currency": .string(currency), "unit": .string("kWh"), "peak_price": .number(peakPrice),
            "off_peak_price": .number(offPeakPrice), "peak_start_hour": .integer(peakHours.lowerBound),
            "peak_end_hour": .integer(peakHours.upperBound),
            "peak_days": .array(Self.peakDays.map { .integer($0) }), "time_zone": .string(calendar.zoneName),
        ]
    }
}

/// A writer of single readings with their local hour and weekday.
private struct RawRows {
    private let registers: [Int: MeterRegisterEntry]
    private let time: ISO8601Writer
    private let calendar: LocalCalendar

    init(_ registers: [MeterRegisterEntry], _ calendar: LocalCalendar) {
        self.registers = Dictionary(registers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        time = ISO8601Writer(calendar)
        self.calendar = calendar
    }

    func json(_ reading: StoredMeterReading) -> JSON {
        let entry = registers[reading.registerID]
        let wall = calendar.wall(reading.time)
        return [
            "timestamp": .string(time.text(reading.time)),
            "measurement_type": JSON(entry?.register.measurementType.rawValue),
            "reading": .number(reading.kilowattHours), "quality": .string(reading.quality),
            "hour": .integer(wall.second / 3600),
            // 0 is Sunday.
            "day_of_week": .integer((wall.date.weekday.index + 1) % 7), "obis": JSON(entry?.register.rawValue),
            "direction": JSON(entry?.register.direction.rawValue), "meter_id": JSON(entry?.muid),
        ]
    }
}

extension MeterBucket {
    fileprivate func json(_ time: ISO8601Writer) -> JSON {
        [
            "timestamp": .string(time.text(start)), "measurement_type": .string(register.measurementType.rawValue),
            "reading": .energy(sum.total), "count": .integer(sum.count), "avg_reading": .energy(sum.average),
            "min_reading": .energy(sum.minimum), "max_reading": .energy(sum.maximum),
            "obis": .string(register.rawValue), "direction": .string(register.direction.rawValue),
        ]
    }
}

extension JSON {
    /// Returns a sum or mean in kWh, without the rounding errors of binary fractions.
    static func energy(_ kilowattHours: Double) -> JSON {
        .number(kilowattHours.withoutNoise)
    }

    /// Returns an amount of money, rounded to a hundredth of a cent.
    static func money(_ amount: Double) -> JSON { .number((amount * 1e4).rounded() / 1e4) }
}
