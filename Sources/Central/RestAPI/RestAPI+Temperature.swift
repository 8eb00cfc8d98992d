internal import APISupport
internal import Building
internal import CivilTime
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Storage

extension RestAPI {
    /// Stores a single temperature of a room from a source other than a gateway's sensor.
    @Sendable
    func takeTemperature(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let message = try await TemperatureMessage(request)
        if case .gateway(let building) = caller.scope, building.id != message.building {
            throw APIError(
                .forbidden, code: "foreign_building", message: "The token belongs to the building \(building.id).",
                hint: "A gateway's token is valid for its own building, an operator's for all.")
        }
        guard let room = try await store.room(message.room, ofHotel: message.building) else {
            throw APIError.unknownRoom(message.room, inBuilding: message.building)
        }
        let now = store.currentTime
        let time = try message.time(in: room.calendar) ?? now
        let key = SeriesKey(
            room: room.slug, device: Self.postingDevice, deviceClass: .temperatureSensor, datapoint: .temperature)
        let value = ReadingValue.number(message.celsius)
        let quality = ReadingPlausibility(of: key).quality(of: value, at: time, now: now)
        let row = IncomingReadings.Row(
            seriesIndex: 0, eventTime: time, receivedTime: now, clockTrusted: true, quality: quality, value: value)
        try await store.store(
            unnumbered: IncomingReadings(store: StoreID(), firstNumber: 1, series: [key], rows: [row]),
            building: room.building)
        var answer: [JSON.Member] = [
            .init("building_id", .integer(message.building)), .init("room_id", .integer(message.room)),
            .init("value", .number(message.value)), .init("unit", .string(message.unit.rawValue)),
            .init("timestamp", .string(ISO8601Writer(room.calendar).text(time))),
            .init("device_id", .string(key.deviceID(in: room.building.slug))),
        ]
        if quality != .good { answer.append(.init("quality", .string(quality.name))) }
        return .json(.object(answer), status: .created)
    }

    /// Returns the mean temperature of the last 15 minutes.
    @Sendable
    func temperature(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let query = try QueryParameters(request, known: ["building_id", "room_id", "unit"])
        guard let building = try query.integer("building_id", in: TemperatureMessage.ids),
            let room = try query.integer("room_id", in: TemperatureMessage.ids)
        else {
            throw APIError.badRequest(
                code: "missing_parameter", "The parameters building_id and room_id are required.",
                hint: "GET /hotels/ and GET /floors/<floor_id>/rooms/ list these ids.")
        }
        let unit = try query.choice("unit", of: TemperatureUnit.allCases) ?? .kelvin
        if let scope = caller.guestScope, scope.room != room || scope.hotel != building {
            throw APIError.unknownRoom(room, inBuilding: building)
        }
        guard let place = try await store.room(room, ofHotel: building) else {
            throw APIError.unknownRoom(room, inBuilding: building)
        }
        let end = store.currentTime
        let start = end.advanced(by: .seconds(-900))
        let mean = try await store.meanTemperature(
            ofRoom: room, from: start, through: end, visible: caller.visible)
        let zone = ISO8601Writer(place.calendar)
        return .json(
            [
                "value": mean.celsius.map { .number(unit.value(ofCelsius: $0)) } ?? .null,
                "unit": .string(unit.rawValue), "samples": .integer(mean.samples),
                "start": .string(zone.text(start)), "end": .string(zone.text(end)),
            ])
    }

    /// The name of the device under which each room's posted temperatures are stored.
    private static let postingDevice = "posted-temperature"
}

enum TemperatureUnit: String, CaseIterable {
    case kelvin, celsius

    /// The kelvin value of 0 °C.
    private static let zero = 273.15

    func celsius(of value: Double) -> Double {
        switch self {
        case .kelvin: (value - Self.zero).withoutNoise
        case .celsius: value
        }
    }

    func value(ofCelsius celsius: Double) -> Double {
        switch self {
        case .kelvin: (celsius + Self.zero).withoutNoise
        case .celsius: celsius.withoutNoise
        }
    }

    var lowest: Double { self == .kelvin ? 0 : -Self.zero }
    /// The highest accepted temperature, above that of any room.
    var highest: Double { self == .kelvin ? 10_000 : 9726.85 }
}
