/// The sizes of the energy devices in a simulated home, which an inventory does not specify.
package struct HomeEquipment: Sendable, Hashable {
    /// The peak power of each solar panel, in W.
    package var solarWatts = 8000.0
    /// The capacity of each battery, in Wh.
    package var batteryWattHours = 10_000.0
    /// The maximum charging and discharging power of each battery, in W.
    package var batteryWatts = 5000.0
    /// The capacity of each car's battery, in Wh.
    package var carWattHours = 60_000.0
    /// The maximum charging power of each car, in W.
    package var carChargeWatts = 11_000.0
    /// The maximum discharging power of each car, in W.
    package var carDischargeWatts = 7000.0

    /// Creates equipment of the default sizes.
    package init() {}
}
