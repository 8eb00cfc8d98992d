internal import Building
internal import CentralStore
internal import Foundation
internal import GraphQL

/// What a device can, as one of the types of the union `DeviceProperties`.
struct DeviceProperties: Sendable {
    var kind: HomeDevice.Kind
}

struct DeviceState: Sendable {
    var device: HomeDevice
    var state: HomeDeviceState

    func field(_ name: String) -> Resolved {
        switch name {
        case "powerWatts": .number(state.watts)
        case "chargeWh": .number(state.chargeWattHours)
        case "chargePercentage":
            .number(
                state.chargeWattHours.flatMap { charge in
                    device.kind.storage.map { charge / $0.capacityWattHours * 100 }
                })
        case "mode": .leaf(state.mode?.value ?? .null)
        case "updatedAt":
            HomeSchema.text(state.updated, zone: TimeZone(identifier: device.timeZone) ?? .gmt)
        default: .null
        }
    }
}

struct StorageState: Sendable {
    var device: HomeDevice
    var capacity: Double
    /// 0 where nobody knows.
    var charge: Double
    var mode: StorageMode

    func field(_ name: String) -> Resolved {
        switch name {
        case "deviceId": .text(device.id)
        case "deviceName": .text(device.name)
        case "deviceType": .leaf(device.kind.name.value)
        case "capacityWh": .number(capacity)
        case "currentChargeWh": .number(charge)
        case "chargePercentage": .number(charge / capacity * 100)
        case "mode": .leaf(mode.value)
        default: .null
        }
    }
}

struct EnergyBucket: Sendable {
    /// Seconds since 1970.
    var start: Int64
    var end: Int64
    var energy: HomeEnergy
    var zone: TimeZone

    func field(_ name: String) -> Resolved {
        switch name {
        case "start": HomeSchema.text(Timestamp(millisecondsSince1970: start * 1000), zone: zone)
        case "end": HomeSchema.text(Timestamp(millisecondsSince1970: end * 1000), zone: zone)
        case "producedKwh": .number(energy.producedKilowattHours)
        case "consumedKwh": .number(energy.consumedKilowattHours)
        case "netKwh": .number(energy.producedKilowattHours - energy.consumedKilowattHours)
        default: .null
        }
    }
}

/// What comes of a mutation.
struct Payload: Sendable {
    var errors: [String] = []
    var device: HomeDevice?

    static let unknown = Payload(errors: ["There is no such device."])

    func field(_ name: String) -> Resolved {
        switch name {
        case "success": .leaf(.boolean(errors.isEmpty))
        case "errors": .leaf(.list(errors.map { .string($0) }))
        case "device": device.map { .object(type: "Device", $0) } ?? .null
        default: .null
        }
    }
}

/// What a request's summary is made of, asked for once.
actor SummaryMemory {
    private var power: (produced: Double, consumed: Double, measured: Timestamp?)?
    private var totals: (capacity: Double, charge: Double)?
    private var storage: [StorageState]?

    func power(
        _ store: CentralStore, _ scope: HomeScope
    ) async throws -> (produced: Double, consumed: Double, measured: Timestamp?) {
        if let power { return power }
        let found = try await store.homePower(ofHotel: scope.hotel)
        power = found
        return found
    }

    func totals(_ store: CentralStore, _ scope: HomeScope) async throws -> (capacity: Double, charge: Double) {
        if let totals { return totals }
        let found = try await store.homeStorageTotals(ofHotel: scope.hotel)
        totals = found
        return found
    }

    func storage(_ store: CentralStore, _ scope: HomeScope) async throws -> [StorageState] {
        if let storage { return storage }
        let devices = try await store.homeStorage(ofHotel: scope.hotel)
        let readings = try await store.readings(of: devices)
        let now = store.currentTime
        let found = zip(devices, readings).map { device, reading in
            let state = HomeDeviceState(of: device, reading, at: now)
            return StorageState(
                device: device, capacity: device.kind.storage?.capacityWattHours ?? 0,
                charge: state.chargeWattHours ?? 0, mode: state.mode ?? .idle)
        }
        storage = found
        return found
    }

    /// Something has changed.
    func forget() {
        power = nil
        totals = nil
        storage = nil
    }
}
