package import Building

/// A solar panel, battery, car or appliance that was registered.
package struct HomeDevice: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// - Parameter ratedWatts: what it gives at most.
        case solarPanel(ratedWatts: Double)
        case battery(StorageLimits)
        /// - Parameter chargeWattHours: what it held when it was registered, where that was said.
        case electricVehicle(StorageLimits, chargeWattHours: Double?)
        /// - Parameter averageWatts: what it draws while it runs.
        case appliance(averageWatts: Double)

        package var name: Name {
            switch self {
            case .solarPanel: .solarPanel
            case .battery: .battery
            case .electricVehicle: .electricVehicle
            case .appliance: .appliance
            }
        }

        /// `nil` where it stores nothing.
        package var storage: StorageLimits? {
            switch self {
            case .battery(let limits), .electricVehicle(let limits, _): limits
            case .solarPanel, .appliance: nil
            }
        }

        /// As in topics, and in `devices.class`.
        package enum Name: String, Hashable, Sendable, CaseIterable {
            case solarPanel = "solar_panel"
            case battery
            case electricVehicle = "electric_vehicle"
            case appliance
        }
    }

    /// The row's number.
    var row: Int
    /// Opaque, unique over the whole system.
    package var id: String
    package var hotel: Int
    package var timeZone: String
    package var name: String
    package var description: String?
    package var kind: Kind
    package var isActive: Bool
    /// What its owner wants it to do; `nil` where nobody said.
    package var desired: StorageCommand?
}

/// All above 0.
package struct StorageLimits: Hashable, Sendable {
    package var capacityWattHours: Double
    package var chargeWatts: Double
    package var dischargeWatts: Double

    package init(capacityWattHours: Double, chargeWatts: Double, dischargeWatts: Double) {
        self.capacityWattHours = capacityWattHours
        self.chargeWatts = chargeWatts
        self.dischargeWatts = dischargeWatts
    }
}

/// What a device said of itself last.
package struct HomeDeviceReading: Hashable, Sendable {
    package var watts: Double?
    package var wattsTime: Timestamp?
    package var chargeWattHours: Double?
    package var chargeTime: Timestamp?

    package init(
        watts: Double? = nil, wattsTime: Timestamp? = nil, chargeWattHours: Double? = nil, chargeTime: Timestamp? = nil
    ) {
        self.watts = watts
        self.wattsTime = wattsTime
        self.chargeWattHours = chargeWattHours
        self.chargeTime = chargeTime
    }
}

/// How a device is, by what it said and by what it can.
package struct HomeDeviceState: Hashable, Sendable {
    /// W; above 0 where it produces, below where it consumes.
    package var watts: Double?
    /// Wh, from 0 to its capacity; `nil` where it stores nothing, or nobody knows.
    package var chargeWattHours: Double?
    /// `nil` where it stores nothing.
    package var mode: StorageMode?
    /// Of the newest of what it said.
    package var updated: Timestamp?
    /// Whether its power is of the last 15 minutes.
    package var isFresh: Bool

    /// A reading older than this says nothing about now.
    package static let longestAge: Duration = .seconds(900)

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

    /// What was asked for; where nothing was, what it does. What is full charges no more, what is empty gives no more.
    ///
    /// - Parameters:
    ///   - fresh: the power that it said in the last 15 minutes.
    ///   - charge: `nil` where nobody knows.
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

/// What all devices do now.
package struct HomeSummary: Hashable, Sendable {
    /// In W, 0 or more.
    package var producedWatts: Double
    /// In W, 0 or more.
    package var consumedWatts: Double
    package var capacityWattHours: Double
    package var chargeWattHours: Double
    /// Of the newest power that counts; `nil` where none does.
    package var measured: Timestamp?
}

/// How a battery or car is now.
package struct HomeStorageState: Hashable, Sendable {
    /// By which clients name it.
    package var id: String
    package var name: String
    package var kind: HomeDevice.Kind.Name
    package var capacityWattHours: Double
    /// From 0 to its capacity; 0 where nobody knows.
    package var chargeWattHours: Double
    package var mode: StorageMode
}

/// What a range of time brought.
package struct HomeEnergy: Hashable, Sendable {
    package var producedKilowattHours: Double
    package var consumedKilowattHours: Double
}
