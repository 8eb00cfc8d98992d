internal import APISupport
internal import Building
internal import CivilTime
internal import Foundation
internal import GraphQL
internal import Storage

/// Resolves the fields of one request, with one query per field for any number of objects.
struct HomeResolver: Resolver {
    let store: CentralStore
    let scope: HomeScope

    func resolve(_ field: FieldRequest, of sources: [any Sendable]) async throws -> [Resolved] {
        do {
            switch field.type {
            case "Query": return [try await query(field)]
            case "Mutation": return [try await mutation(field)]
            case "Device" where field.name == "state": return try await states(of: sources)
            case "EnergySummary": return [try await summary(field.name)]
            default: return Self.field(field, of: sources)
            }
        } catch let error as StoreError {
            switch error {
            case .unavailable, .outcomeUnknown:
                throw GraphQLError("The database is not available right now. Try again.", code: "UNAVAILABLE")
            default: throw error
            }
        }
    }

    // MARK: Queries

    private func query(_ field: FieldRequest) async throws -> Resolved {
        switch field.name {
        case "devices": return try await devices(field)
        case "device": return try await device(field.arguments["id"]).map(Self.object) ?? .null
        case "energySummary": return .object(type: "EnergySummary", Root())
        case "energyHistory": return try await history(field)
        default: return .null
        }
    }

    private func devices(_ field: FieldRequest) async throws -> Resolved {
        var first = 100
        if case .int(let count)? = field.arguments["first"] { first = count }
        guard HomeLists.devices.contains(first) else { throw HomeLists.tooMany }
        let found = try await store.homeDevices(
            ofHotel: scope.hotel, kind: HomeDevice.Kind.Name(field.arguments["deviceType"]),
            activeOnly: field.arguments["activeOnly"] == .boolean(true), after: try Self.id(field.arguments["after"]),
            limit: first)
        guard let found else {
            throw GraphQLError("There is no device with the id in “after”.", code: "BAD_ARGUMENT")
        }
        return .list(found.map(Self.object))
    }

    private func device(_ id: Value?) async throws -> HomeDevice? {
        guard let id = id?.text, !id.contains("\0") else { return nil }
        return try await store.homeDevice(id, ofHotel: scope.hotel)
    }

    private static func id(_ value: Value?) throws -> String? {
        guard let text = value?.text else { return nil }
        // PostgreSQL does not accept NUL; no id has one.
        return text.contains("\0") ? "" : text
    }

    private func history(_ field: FieldRequest) async throws -> Resolved {
        let calendar = scope.calendar
        guard let start = TimeParameter.moment(field.arguments["start"]?.text ?? "", in: calendar),
            let end = TimeParameter.moment(field.arguments["end"]?.text ?? "", in: calendar)
        else {
            throw GraphQLError(
                "“start” and “end” must be times from 1970 to 2099 in \(calendar.zoneName).", code: "BAD_ARGUMENT")
        }
        let interval = field.arguments["interval"]?.name.flatMap(EnergyInterval.init(rawValue:)) ?? .day
        let steps = try EnergySteps(from: start, before: end, interval: interval, calendar: calendar)
        var device: HomeDevice?
        if let id = field.arguments["deviceId"], !id.isNull {
            device = try await self.device(id)
            guard device != nil else { throw GraphQLError("There is no such device.", code: "NOT_FOUND") }
        }
        let energies = try await store.homeEnergy(
            ofHotel: scope.hotel, device: device, steps: steps.bounds, visible: scope.visible)
        return .list(
            energies.enumerated().compactMap { place, energy in
                // A step before the visible range is omitted, because it is unknown to the caller rather than without
                // energy.
                let end = Timestamp(wholeSecondsSince1970: steps.bounds[place + 1])
                guard scope.visible.contains(Timestamp(millisecondsSince1970: end.millisecondsSince1970 - 1)) else {
                    return nil
                }
                return .object(
                    type: "EnergyBucket",
                    EnergyBucket(
                        start: steps.bounds[place], end: steps.bounds[place + 1], energy: energy,
                        calendar: calendar))
            })
    }

    private func states(of sources: [any Sendable]) async throws -> [Resolved] {
        let devices = sources.compactMap { $0 as? HomeDevice }
        let now = store.currentTime
        let readings = try await store.readings(of: devices, visible: scope.visible)
        return zip(devices, readings).map { device, reading in
            let state = HomeDeviceState(of: device, reading, at: now)
            return .object(type: "DeviceState", DeviceState(device: device, state: state))
        }
    }

    // MARK: The summary

    private func summary(_ field: String) async throws -> Resolved {
        if field == "storageStates" {
            return .list(
                try await store.homeStorage(ofHotel: scope.hotel).map {
                    .object(type: "StorageState", StorageSource(state: $0))
                })
        }
        let summary = try await memory.summary(store, scope)
        switch field {
        case "totalProductionWatts": return .number(summary.producedWatts)
        case "totalConsumptionWatts": return .number(summary.consumedWatts)
        case "netPowerWatts": return .number(summary.producedWatts - summary.consumedWatts)
        case "totalStorageCapacityWh": return .number(summary.capacityWattHours)
        case "totalStorageChargeWh": return .number(summary.chargeWattHours)
        case "storagePercentage":
            return summary.capacityWattHours > 0
                ? .number(summary.chargeWattHours / summary.capacityWattHours * 100) : .null
        case "measuredAt": return HomeSchema.text(summary.measured, in: scope.calendar)
        default: return .null
        }
    }

    private let memory = SummaryMemory()

    // MARK: Fields of known objects

    private static func object(_ device: HomeDevice) -> Resolved { .object(type: "Device", device) }

    /// Returns one field of all sources, which have the field's type. Each is visited once, because there may be a
    /// hundred thousand.
    private static func field(_ field: FieldRequest, of sources: [any Sendable]) -> [Resolved] {
        func values<Source>(_ body: (Source) -> Resolved) -> [Resolved] {
            sources.map { source in (source as? Source).map(body) ?? .null }
        }
        let name = field.name
        switch field.type {
        case "Device": return values { (device: HomeDevice) in Self.field(name, of: device) }
        case "DeviceState": return values { (state: DeviceState) in state.field(name) }
        case "StorageState": return values { (source: StorageSource) in source.state.field(name) }
        case "EnergyBucket": return values { (bucket: EnergyBucket) in bucket.field(name) }
        case _ where field.type.hasSuffix("Properties"):
            return values { (properties: DeviceProperties) in Self.field(name, of: properties.kind) }
        default: return values { (payload: Payload) in payload.field(name) }
        }
    }

    private static func field(_ name: String, of device: HomeDevice) -> Resolved {
        switch name {
        case "id": return .text(device.id)
        case "name": return .text(device.name)
        case "description": return .text(device.description)
        case "deviceType": return .leaf(device.kind.name.value)
        case "isActive": return .leaf(.boolean(device.isActive))
        case "properties":
            let type =
                switch device.kind.name {
                case .solarPanel: "SolarPanelProperties"
                case .battery: "BatteryProperties"
                case .electricVehicle: "ElectricVehicleProperties"
                case .appliance: "ApplianceProperties"
                }
            return .object(type: type, DeviceProperties(kind: device.kind))
        default: return .null
        }
    }

    private static func field(_ name: String, of kind: HomeDevice.Kind) -> Resolved {
        switch (name, kind) {
        case ("ratedCapacityWatts", .solarPanel(let watts)), ("averagePowerDrawWatts", .appliance(let watts)):
            .number(watts)
        case ("capacityWh", _), ("batteryCapacityWh", _): .number(kind.storage?.capacityWattHours)
        case ("maxChargeRateWatts", _): .number(kind.storage?.chargeWatts)
        case ("maxDischargeRateWatts", _): .number(kind.storage?.dischargeWatts)
        default: .null
        }
    }

    // MARK: Mutations

    private func mutation(_ field: FieldRequest) async throws -> Resolved {
        guard scope.mayChange else {
            throw GraphQLError(
                "This token is read-only: it belongs to a guest of a building that is not a home.", code: "FORBIDDEN"
            )
        }
        let (type, payload): (String, Payload) =
            switch field.name {
            case "registerDevice": ("RegisterDevicePayload", try await register(field.arguments["input"]))
            case "setStorageMode": ("SetStorageModePayload", try await setMode(field))
            default: ("DeactivateDevicePayload", try await deactivate(field.arguments["id"]))
            }
        await memory.forget()
        return .object(type: type, payload)
    }

    private func register(_ input: Value?) async throws -> Payload {
        let registration: DeviceRegistration
        do throws(DeviceRegistration.Refusal) {
            registration = try DeviceRegistration(input?.fields ?? .init())
        } catch {
            return Payload(errors: error.errors)
        }
        guard let home = scope.home else {
            return Payload(errors: [
                "The building is ambiguous. Set the header Hearth-Building to its slug, as listed by GET "
                    + "/hotels/."
            ])
        }
        return Payload(
            device: try await store.registerHomeDevice(
                inHotel: home.id, name: registration.name, description: registration.description,
                kind: registration.kind, sender: registration.sender))
    }

    private func setMode(_ field: FieldRequest) async throws -> Payload {
        guard let device = try await device(field.arguments["deviceId"]) else { return .unknown }
        guard let storage = device.kind.storage else {
            return Payload(errors: ["“\(device.name)” does not store energy: only batteries and electric vehicles do."])
        }
        let mode = StorageMode(field.arguments["mode"]) ?? .idle
        let limit =
            switch mode {
            case .charging: storage.chargeWatts
            case .discharging: storage.dischargeWatts
            case .idle: 0.0
            }
        let rate = field.arguments["rateWatts"]?.number
        var errors: [String] = []
        if !device.isActive { errors.append("“\(device.name)” is no longer active.") }
        if let rate, rate < 0 || rate == 0 && mode != .idle { errors.append("rateWatts: must be above 0.") }
        if let rate, mode != .idle, rate > limit {
            errors.append(
                "rateWatts: \(ReadingValue.shortest(rate)) W exceeds the limit of \(ReadingValue.shortest(limit)) W of "
                    + "“\(device.name)” in that direction.")
        }
        guard errors.isEmpty else { return Payload(errors: errors, device: device) }
        let watts = mode == .idle ? 0 : rate ?? limit
        return Payload(
            device: try await store.setDesired(StorageCommand(mode: mode, watts: watts), for: device, by: scope.origin))
    }

    private func deactivate(_ id: Value?) async throws -> Payload {
        guard let device = try await device(id) else { return .unknown }
        return Payload(device: try await store.deactivate(device))
    }
}
