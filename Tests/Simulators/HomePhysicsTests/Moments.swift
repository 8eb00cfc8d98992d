import CivilTime
import Foundation
import HomePhysics

enum Moments {
    static let berlin = Place(latitude: 52.52, longitude: 13.4, calendar: LocalCalendar(zoneNamed: "Europe/Berlin")!)

    /// By Berlin's clocks.
    static func at(_ year: Int, _ month: Int, _ day: Int, _ hour: Double = 0) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = berlin.calendar.zone
        return calendar.date(from: DateComponents(year: year, month: month, day: day))! + hour * 3600
    }

    static func utc(_ text: String) -> Date { try! Date(text, strategy: .iso8601) }
}

/// The home of a family, with a large roof.
func familyHome(seed: UInt64 = 1, start: Date, batteryShare: Double = 0.5) -> Home {
    Home(
        place: Moments.berlin, seed: seed, panels: [SolarPanel(ratedWatts: 8000)],
        appliances: Appliance.Kind.allCases.map { Appliance($0, name: $0.rawValue, seed: seed) },
        batteries: [
            Storage(
                capacityWattHours: 10_000, greatestChargeWatts: 5000, greatestDischargeWatts: 4000,
                chargeWattHours: 10_000 * batteryShare)
        ],
        cars: [
            Car(
                Storage(
                    capacityWattHours: 60_000, greatestChargeWatts: 11_000, greatestDischargeWatts: 7000,
                    efficiency: 0.93, chargeWattHours: 36_000), name: "car", seed: seed)
        ], start: start)
}
