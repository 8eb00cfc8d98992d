/// A battery, and the battery of a car: what it holds, and what it may take and give.
///
/// Powers are the home's view: above 0 it gives, below 0 it takes.
package struct Storage: Sendable, Hashable {
    /// In Wh, above 0.
    package let capacityWattHours: Double
    /// In W, above 0.
    package let greatestChargeWatts: Double
    /// In W, above 0.
    package let greatestDischargeWatts: Double
    /// What is left of energy on the way in, and again on the way out, above 0 and at most 1.
    package let efficiency: Double
    /// In Wh, 0…capacity.
    package private(set) var chargeWattHours: Double

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

    /// 0…1
    package var share: Double { chargeWattHours / capacityWattHours }

    /// What comes of `wanted`, in W, within the limits and with what it holds, for the next `seconds`.
    package func watts(wanted: Double, for seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        let hours = seconds / 3600
        if wanted < 0 {
            let room = (capacityWattHours - chargeWattHours) / efficiency / hours
            return -min(-wanted, greatestChargeWatts, max(0, room))
        }
        return min(wanted, greatestDischargeWatts, chargeWattHours * efficiency / hours)
    }

    /// Lives on for `seconds` with a power that `watts(wanted:for:)` gave for them.
    package mutating func step(watts: Double, for seconds: Double) {
        let energy = watts * seconds / 3600
        let charge = chargeWattHours - (energy < 0 ? energy * efficiency : energy / efficiency)
        chargeWattHours = min(max(charge, 0), capacityWattHours)
    }

    /// Takes out what is used elsewhere than in the home, in Wh. Gives what there was of it.
    mutating func drive(_ wattHours: Double) -> Double {
        let used = min(max(wattHours, 0), chargeWattHours)
        chargeWattHours -= used
        return used
    }
}

/// What a battery or car was told to do. Without one, it serves the home's own use.
package enum StorageOrder: Sendable, Hashable {
    /// - Parameter watts: 0 or more; what the storage can't take is left out.
    case charge(watts: Double)
    case discharge(watts: Double)
    case idle

    var watts: Double {
        switch self {
        case .charge(let watts): -watts
        case .discharge(let watts): watts
        case .idle: 0
        }
    }
}
