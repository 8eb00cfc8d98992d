import Foundation
import HomePhysics
import RoomPhysics
import Testing

@Suite struct `A home` {
    /// Something else for one of its storages to do, or nothing.
    private func order(_ home: inout Home, _ dice: inout SplitMix64) {
        let watts = 12_000 * dice.unit()
        let orders: [StorageOrder?] = [nil, nil, .charge(watts: watts), .discharge(watts: watts), .idle]
        let order = orders[Int(dice.next() % 5)]
        if dice.next() % 2 == 0 { home.order(order, toBattery: 0) } else { home.order(order, toCar: 0) }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `neither makes nor loses energy, whatever it is told`(seed: UInt64) {
        var dice = SplitMix64(seed: seed)
        let start = Moments.at(2026, 1 + Int(seed) % 12, 3)
        var home = familyHome(seed: seed, start: start, batteryShare: dice.unit())
        let stored = home.batteries[0].chargeWattHours + home.cars[0].storage.chargeWattHours
        while home.now < start + 3 * 86_400 {
            if dice.next() % 8 == 0 { order(&home, &dice) }
            home.advance(to: home.now + 1200 * dice.unit())
            let flow = home.flow
            #expect((0...8000).contains(flow.panels[0]))
            #expect(flow.appliances.allSatisfy { $0 <= 0 })
            #expect((-5000...4000).contains(flow.batteries[0]))
            #expect((-11_000...7000).contains(flow.cars[0]))
            #expect((0...10_000).contains(home.batteries[0].chargeWattHours))
            #expect((0...60_000).contains(home.cars[0].storage.chargeWattHours))
        }
        let balance = home.balance
        let came = balance.produced + balance.discharged + balance.imported
        let went = balance.used + balance.charged + balance.exported
        #expect(abs(came - went) < 1e-6 * came, "\(balance)")
        let change = home.batteries[0].chargeWattHours + home.cars[0].storage.chargeWattHours - stored
        let lost = balance.charged - balance.discharged - balance.driven - change
        // Of a battery's 0.95 and a car's 0.93, each way.
        #expect(lost > 0 && lost <= 0.08 * (balance.charged + balance.discharged), "\(lost) Wh of \(balance)")
    }

    @Test func `charges its battery from what is left over and covers the evening with it`() {
        let start = Moments.at(2026, 6, 15)
        var sunny = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            var home = familyHome(seed: seed, start: start, batteryShare: 0)
            var without = home
            without.order(.idle, toBattery: 0)
            var exportedBeforeFull = 0.0
            for minute in stride(from: 0, through: 18 * 60, by: 5) {
                home.advance(to: start + Double(minute) * 60)
                let battery = home.batteries[0]
                let takesAll = home.flow.batteries[0] <= -5000 + 1e-6 || battery.share > 0.99
                if home.flow.exported > 1, !takesAll { exportedBeforeFull += home.flow.exported }
                // Never from the grid: only what the sun gives beyond the appliances.
                let surplus = home.flow.panels.reduce(0, +) + home.flow.appliances.reduce(0, +)
                #expect(home.flow.batteries[0] >= -max(0, surplus) - 1e-6)
            }
            #expect(exportedBeforeFull == 0, "it sells nothing that it could keep")
            guard home.batteries[0].share > 0.9 else { continue }
            sunny += 1
            without.advance(to: start + 18 * 3600)
            let (before, beforeWithout) = (home.balance.imported, without.balance.imported)
            home.advance(to: start + 23 * 3600)
            without.advance(to: start + 23 * 3600)
            #expect(home.balance.imported - before < 0.15 * (without.balance.imported - beforeWithout))
        }
        #expect(sunny >= 3)
    }

    @Test func `obeys at once, and goes idle at a limit`() {
        let start = Moments.at(2026, 1, 11, 22)
        var home = familyHome(start: start, batteryShare: 0.9)
        home.order(.charge(watts: 3000), toBattery: 0)
        #expect(home.flow.batteries == [-3000])
        home.order(.charge(watts: 1e9), toBattery: 0)
        #expect(home.flow.batteries == [-5000])
        home.advance(to: start + 3600)
        #expect(home.batteries[0].chargeWattHours == 10_000)
        #expect(home.flow.batteries == [0])
        home.order(.discharge(watts: 1e9), toBattery: 0)
        #expect(home.flow.batteries == [4000])
        home.advance(to: start + 4 * 3600)
        #expect(home.batteries[0].chargeWattHours < 1e-6)
        #expect(home.flow.batteries[0] < 1e-6)
        home.order(.idle, toCar: 0)
        #expect(home.flow.cars == [0])
        home.order(.discharge(watts: 2000), toCar: 0)
        #expect(home.flow.cars == [2000])
    }

    @Test func `lives the same in large steps and in small ones`() {
        let start = Moments.at(2026, 4, 20)
        var (slow, fast) = (familyHome(start: start), familyHome(start: start))
        fast.advance(to: start + 86_400)
        while slow.now < start + 86_400 { slow.advance(to: min(slow.now + 7, start + 86_400)) }
        #expect(abs(slow.balance.produced / fast.balance.produced - 1) < 0.002)
        #expect(abs(slow.balance.used / fast.balance.used - 1) < 0.01)
        #expect(abs(slow.batteries[0].share - fast.batteries[0].share) < 0.01)
    }

    @Test func `uses about what a family does`() {
        let start = Moments.at(2026, 3, 2)
        var home = familyHome(start: start)
        home.advance(to: start + 28 * 86_400)
        #expect((5000...14_000).contains(home.balance.used / 28), "\(home.balance.used / 28) Wh a day")
    }
}
