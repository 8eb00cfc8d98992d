import Foundation
import HomePhysics
import Testing

@Suite struct `A car that is nearly empty` {
    @Test func `charges from the grid from one to five in the night alone`() {
        let start = Moments.at(2026, 12, 14)
        // No sun: all there is comes from the grid.
        var home = Home(
            place: Moments.berlin, seed: 1, panels: [], appliances: [], batteries: [],
            cars: [
                Car(
                    Storage(
                        capacityWattHours: 60_000, greatestChargeWatts: 1000, greatestDischargeWatts: 1000,
                        chargeWattHours: 0), name: "car", seed: 1)
            ], start: start)
        var charging: Set<Int> = []
        for minute in stride(from: 0, to: 3 * 1440, by: 10) {
            home.advance(to: start + Double(minute) * 60)
            if home.flow.cars[0] < 0 { charging.insert(Int(Moments.berlin.local(home.now).hour)) }
        }
        #expect(charging == [1, 2, 3, 4])
    }
}
