internal import Building
internal import CivilTime
internal import Foundation
internal import GraphQL
internal import Storage

/// The ratings of a device, as one of the types of the union `DeviceProperties`.
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
            HomeSchema.text(state.updated, in: device.calendar)
        default: .null
        }
    }
}

/// A reference to a storage device's state, so that it is not copied for each field: there may be a hundred thousand.
final class StorageSource: Sendable {
    let state: HomeStorageState

    init(state: HomeStorageState) { self.state = state }
}

extension HomeStorageState {
    func field(_ name: String) -> Resolved {
        switch name {
        case "deviceId": .text(id)
        case "deviceName": .text(self.name)
        case "deviceType": .leaf(kind.value)
        case "capacityWh": .number(capacityWattHours)
        case "currentChargeWh": .number(chargeWattHours)
        case "chargePercentage": .number(chargeWattHours / capacityWattHours * 100)
        case "mode": .leaf(mode.value)
        default: .null
        }
    }
}

struct EnergyBucket: Sendable {
    /// The start in seconds since 1970.
    var start: Int64
    /// The end in seconds since 1970.
    var end: Int64
    var energy: HomeEnergy
    var calendar: LocalCalendar

    func field(_ name: String) -> Resolved {
        switch name {
        case "start": HomeSchema.text(Timestamp(wholeSecondsSince1970: start), in: calendar)
        case "end": HomeSchema.text(Timestamp(wholeSecondsSince1970: end), in: calendar)
        case "producedKwh": .number(energy.producedKilowattHours)
        case "consumedKwh": .number(energy.consumedKilowattHours)
        case "netKwh": .number(energy.producedKilowattHours - energy.consumedKilowattHours)
        default: .null
        }
    }
}

/// The outcome of a mutation.
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

/// The data behind a request's summary, queried only once.
actor SummaryMemory {
    private var summary: HomeSummary?

    func summary(_ store: CentralStore, _ scope: HomeScope) async throws -> HomeSummary {
        if let summary { return summary }
        let found = try await store.homeSummary(ofHotel: scope.hotel)
        summary = found
        return found
    }

    /// Drops the data after a change.
    func forget() { summary = nil }
}
