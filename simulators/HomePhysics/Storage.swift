/// A battery, stationary or in a car, with its charge and its limits.
///
/// Powers are as seen from the home: positive while giving, negative while taking.
package struct Storage: Sendable, Hashable {
    /// The capacity in Wh, above 0.
    package let capacityWattHours: Double
    /// The maximum charging power in W, above 0.
    package let greatestChargeWatts: Double
    /// The maximum discharging power in W, above 0.
    package let greatestDischargeWatts: Double
    /// The share of energy that remains on the way in, and again on the way out; above 0 and at most 1.
    package let efficiency: Double
    /// The charge in Wh, 0…capacity.
    package private(set) var chargeWattHours: Double

    /// Creates a storage. The charge is clamped to the capacity.
    ///
    /// - Precondition: The capacity and both powers are positive, and the efficiency is above 0 and at most 1.
    package init(
        capacityWattHours: Double, greatestChargeWatts: Double, greatestDischargeWatts: Double,
        efficiency: Double = 0.95, chargeWattHours: Double
    ) {
        precondition(capacityWattHours > 0 && greatestChargeWatts > 0 && greatestDischargeWatts > 0)
        precondition(efficiency > 0 && efficiency <= 1)
        self.capacityWattHours = capacityWattHours
        self.greatestChargeWatts = greatestChargeWatts
        self.greatestDischargeWatts = greatestDischargeWatts
        self.efficiency = efficiency
        self.chargeWattHours = min(max(chargeWattHours, 0), capacityWattHours)
    }

    /// The state of charge, 0…1.
    package var share: Double { chargeWattHours / capacityWattHours }

    /// Returns the power, in W, that `wanted` results in for the next `seconds`, given the limits and the charge.
    package func watts(wanted: Double, for seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        let hours = seconds / 3600
        if wanted < 0 {
            let room = (capacityWattHours - chargeWattHours) / efficiency / hours
            return -min(-wanted, greatestChargeWatts, max(0, room))
        }
        return min(wanted, greatestDischargeWatts, chargeWattHours * efficiency / hours)
    }

    /// Advances by `seconds` with a power that `watts(wanted:for:)` returned for them.
    package mutating func step(watts: Double, for seconds: Double) {
        let energy = watts * seconds / 3600
        let charge = chargeWattHours - (energy < 0 ? energy * efficiency : energy / efficiency)
        chargeWattHours = min(max(charge, 0), capacityWattHours)
    }

    /// Takes out energy that is used outside the home, in Wh. Returns the part that was available.
    mutating func drive(_ wattHours: Double) -> Double {
        let used = min(max(wattHours, 0), chargeWattHours)
        chargeWattHours -= used
        return used
    }
}

/// An order to a battery or car. Without one, it serves the home's own use.
package enum StorageOrder: Sendable, Hashable {
    /// An order to charge.
    ///
    /// - Parameter watts: 0 or more; limited to what the storage can take.
    case charge(watts: Double)
    /// An order to discharge.
    ///
    /// - Parameter watts: 0 or more; limited to what the storage can give.
    case discharge(watts: Double)
    /// An order to neither charge nor discharge.
    case idle

    /// The ordered power, in W: positive while giving, negative while taking.
    var watts: Double {
        switch self {
        case .charge(let watts): -watts
        case .discharge(let watts): watts
        case .idle: 0
        }
    }
}
