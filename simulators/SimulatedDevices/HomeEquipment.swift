/// How large the energy devices of a simulated home are: an inventory names them, and says no more.
package struct HomeEquipment: Sendable, Hashable {
    /// Of each solar panel, in W.
    package var solarWatts = 8000.0
    /// Of each battery, in Wh.
    package var batteryWattHours = 10_000.0
    /// What each battery takes and gives at most, in W.
    package var batteryWatts = 5000.0
    /// Of each car, in Wh.
    package var carWattHours = 60_000.0
    /// What each car takes at most, in W.
    package var carChargeWatts = 11_000.0
    /// What each car gives at most, in W.
    package var carDischargeWatts = 7000.0

    package init() {}
}
