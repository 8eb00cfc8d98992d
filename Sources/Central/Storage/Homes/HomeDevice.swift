package import Building
package import CivilTime

/// A registered solar panel, battery, car or appliance.
package struct HomeDevice: Hashable, Sendable {
    /// The kind of a device, with its ratings.
    package enum Kind: Hashable, Sendable {
        /// A solar panel.
        ///
        /// - Parameter ratedWatts: The largest power it produces, W.
        case solarPanel(ratedWatts: Double)
        /// A battery.
        case battery(StorageLimits)
        /// An electric vehicle.
        ///
        /// - Parameter chargeWattHours: The charge at registration, Wh; `nil` if it was not given.
        case electricVehicle(StorageLimits, chargeWattHours: Double?)
        /// An appliance, which only consumes power.
        ///
        /// - Parameter averageWatts: The power it draws while it runs, W.
        case appliance(averageWatts: Double)

        /// The kind without its ratings.
        package var name: Name {
            switch self {
            case .solarPanel: .solarPanel
            case .battery: .battery
            case .electricVehicle: .electricVehicle
            case .appliance: .appliance
            }
        }

        /// The limits of its storage; `nil` if it has none.
        package var storage: StorageLimits? {
            switch self {
            case .battery(let limits), .electricVehicle(let limits, _): limits
            case .solarPanel, .appliance: nil
            }
        }

        /// The name of a kind, as in topics and in `devices.class`.
        package enum Name: String, Hashable, Sendable, CaseIterable {
            case solarPanel = "solar_panel"
            case battery
            case electricVehicle = "electric_vehicle"
            case appliance
        }
    }

    /// The id of the device's row.
    var row: Int
    /// The public id: opaque, unique in the whole system.
    package var id: String
    /// The building's id.
    package var hotel: Int
    package var calendar: LocalCalendar
    package var name: String
    /// The description given at registration; `nil` if there was none.
    package var description: String?
    /// The kind of device, with its ratings.
    package var kind: Kind
    /// A Boolean value that indicates whether the device is part of the totals and can be controlled; `false`
    /// once it has been deactivated.
    package var isActive: Bool
    /// The state its owner wants; `nil` if none was set.
    package var desired: StorageCommand?
}

/// The limits of a battery or car, all above 0.
package struct StorageLimits: Hashable, Sendable {
    /// The capacity, Wh.
    package var capacityWattHours: Double
    /// The largest power when charging, W.
    package var chargeWatts: Double
    /// The largest power when discharging, W.
    package var dischargeWatts: Double

    /// Creates limits, which must be above 0.
    package init(capacityWattHours: Double, chargeWatts: Double, dischargeWatts: Double) {
        self.capacityWattHours = capacityWattHours
        self.chargeWatts = chargeWatts
        self.dischargeWatts = dischargeWatts
    }
}

/// The latest readings of a device.
package struct HomeDeviceReading: Hashable, Sendable {
    /// The power in W as reported; `nil` if there is none.
    package var watts: Double?
    /// The time of the power reading.
    package var wattsTime: Timestamp?
    /// The charge in Wh as reported; `nil` if there is none.
    package var chargeWattHours: Double?
    /// The time of the charge reading.
    package var chargeTime: Timestamp?

    /// Creates readings; by default there are none.
    package init(
        watts: Double? = nil, wattsTime: Timestamp? = nil, chargeWattHours: Double? = nil, chargeTime: Timestamp? = nil
    ) {
        self.watts = watts
        self.wattsTime = wattsTime
        self.chargeWattHours = chargeWattHours
        self.chargeTime = chargeTime
    }
}

/// The state of a device, derived from its readings and its ratings.
package struct HomeDeviceState: Hashable, Sendable {
    /// The power in W, above 0 if it produces, below 0 if it consumes.
    package var watts: Double?
    /// The charge in Wh, from 0 to the capacity; `nil` if it has no storage, or if the charge is not known.
    package var chargeWattHours: Double?
    /// The current mode; `nil` if it has no storage.
    package var mode: StorageMode?
    /// The time of the newest reading.
    package var updated: Timestamp?
    /// A Boolean value that indicates whether the power was reported in the last 15 minutes.
    package var isFresh: Bool

    /// The age above which a power reading no longer describes the present: 15 minutes.
    package static let longestAge: Duration = .seconds(900)

    /// Derives the state of a device at a moment from its latest readings.
    package init(of device: HomeDevice, _ reading: HomeDeviceReading, at now: Timestamp) {
        watts = reading.watts.map { device.kind.name == .appliance ? -abs($0) : $0 }
        isFresh = reading.wattsTime.map { $0.advanced(by: Self.longestAge) >= now } ?? false
        updated = [reading.wattsTime, reading.chargeTime].compactMap(\.self).max()
        guard let storage = device.kind.storage else { return }
        var charge = reading.chargeWattHours
        if charge == nil, case .electricVehicle(_, let registered) = device.kind { charge = registered }
        chargeWattHours = charge.map { min(max($0, 0), storage.capacityWattHours) }
        mode = Self.mode(
            desired: device.desired?.mode, capacity: storage.capacityWattHours, fresh: isFresh ? reading.watts : nil,
            charge: chargeWattHours)
    }

    /// Returns the desired mode or, without one, the mode that the power shows. A full device is not charging, an empty
    /// one not discharging.
    ///
    /// - Parameters:
    ///   - fresh: The power reported in the last 15 minutes, W.
    ///   - charge: The charge in Wh; `nil` if it is not known.
    static func mode(desired: StorageMode?, capacity: Double, fresh: Double?, charge: Double?) -> StorageMode {
        let power = fresh ?? 0
        let mode = desired ?? (power < 0 ? .charging : power > 0 ? .discharging : .idle)
        switch mode {
        case .charging: return charge.map { $0 >= capacity } ?? false ? .idle : .charging
        case .discharging: return charge.map { $0 <= 0 } ?? false ? .idle : .discharging
        case .idle: return .idle
        }
    }
}

/// The current state of all devices together.
package struct HomeSummary: Hashable, Sendable {
    /// The total power produced in W, at least 0.
    package var producedWatts: Double
    /// The total power consumed in W, at least 0.
    package var consumedWatts: Double
    /// The total capacity of batteries and cars, Wh.
    package var capacityWattHours: Double
    /// The total charge of batteries and cars, Wh.
    package var chargeWattHours: Double
    /// The time of the newest power reading that counts; `nil` if there is none.
    package var measured: Timestamp?
}

/// The current state of a battery or car.
package struct HomeStorageState: Hashable, Sendable {
    /// The public id of the device.
    package var id: String
    /// The name given at registration.
    package var name: String
    /// The kind: a battery or an electric vehicle.
    package var kind: HomeDevice.Kind.Name
    /// The capacity, Wh.
    package var capacityWattHours: Double
    /// The charge in Wh, from 0 to the capacity; 0 if it is not known.
    package var chargeWattHours: Double
    /// The current mode.
    package var mode: StorageMode
}

/// The energy in a range of time.
package struct HomeEnergy: Hashable, Sendable {
    /// The energy produced, kWh, at least 0.
    package var producedKilowattHours: Double
    /// The energy consumed, kWh, at least 0.
    package var consumedKilowattHours: Double
}
