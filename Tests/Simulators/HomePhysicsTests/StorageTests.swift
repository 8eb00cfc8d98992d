import Foundation
import HomePhysics
import RoomPhysics
import Testing

@Suite struct `A battery` {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `keeps its limits and loses what its efficiency says, whatever is asked of it`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        var battery = Storage(
            capacityWattHours: 1000 + 20_000 * dice.unit(), greatestChargeWatts: 500 + 9000 * dice.unit(),
            greatestDischargeWatts: 500 + 9000 * dice.unit(), efficiency: 0.8 + 0.2 * dice.unit(),
            chargeWattHours: 30_000 * dice.unit() - 5000)
        let first = battery.chargeWattHours
        #expect((0...battery.capacityWattHours).contains(first))
        var (taken, given) = (0.0, 0.0)
        for _ in 0..<2000 {
            let seconds = 0.05 + 600 * dice.unit()
            let wanted = 40_000 * (dice.unit() - 0.5)
            let watts = battery.watts(wanted: wanted, for: seconds)
            #expect(watts * wanted >= 0 && watts.magnitude <= wanted.magnitude)
            #expect((-battery.greatestChargeWatts...battery.greatestDischargeWatts).contains(watts))
            battery.step(watts: watts, for: seconds)
            #expect((0...battery.capacityWattHours).contains(battery.chargeWattHours))
            if watts < 0 { taken -= watts * seconds / 3600 } else { given += watts * seconds / 3600 }
        }
        let change = battery.chargeWattHours - first
        #expect(abs(taken * battery.efficiency - given / battery.efficiency - change) < 1e-6 * (taken + given + 1))
    }

    @Test func `is idle once it is full, and once it is empty`() {
        var battery = Storage(
            capacityWattHours: 10_000, greatestChargeWatts: 5000, greatestDischargeWatts: 4000, chargeWattHours: 9000)
        var hours = 0.0
        while hours < 3, case let watts = battery.watts(wanted: -5000, for: 60), watts != 0 {
            battery.step(watts: watts, for: 60)
            hours += 1 / 60
        }
        #expect(battery.chargeWattHours == 10_000)
        // 1,000 Wh at 5,000 W with a loss of 5 %.
        #expect(abs(hours - 1000 / 0.95 / 5000) < 0.02)
        #expect(battery.watts(wanted: -1, for: 1) == 0)
        battery.step(watts: battery.watts(wanted: 4000, for: 3600 * 2.3), for: 3600 * 2.3)
        while case let watts = battery.watts(wanted: 4000, for: 60), watts > 1e-9 {
            battery.step(watts: watts, for: 60)
        }
        #expect(battery.chargeWattHours < 1e-6)
    }
}

@Suite struct `A car` {
    @Test func `is at work by day, at home by night, and comes back with less`() {
        let start = Moments.at(2026, 6, 15)
        var home = familyHome(start: start)
        home.order(.idle, toCar: 0)
        var away = 0
        for minute in stride(from: 0, to: 5 * 1440, by: 15) {
            home.advance(to: start + Double(minute) * 60)
            let time = Moments.berlin.local(home.now)
            if !home.cars[0].isHome(at: time) {
                away += 15
                #expect(home.flow.cars == [0], "away, it neither takes nor gives")
                #expect((7...18).contains(time.hour))
            }
        }
        #expect((5 * 7 * 60...5 * 11 * 60).contains(away))
        #expect((20_000...50_000).contains(home.balance.driven))
        #expect(
            abs(36_000 - home.balance.driven - home.cars[0].storage.chargeWattHours) < 1e-6
                || home.cars[0].storage.chargeWattHours < 1e-6)
    }

    @Test func `charges at night what it needs to leave, and by day what is left over`() {
        let start = Moments.at(2026, 12, 14)
        var home = familyHome(start: start)
        for day in 1...10 {
            home.advance(to: start + Double(day) * 86_400 + 6 * 3600)
            #expect(home.cars[0].storage.share >= 0.39)
        }
        let sunday = Moments.at(2026, 6, 21)
        var sunny = familyHome(seed: 4, start: sunday, batteryShare: 1)
        let before = sunny.cars[0].storage.chargeWattHours
        sunny.advance(to: sunday + 12.5 * 3600)
        #expect(sunny.cars[0].storage.chargeWattHours > before)
    }
}
