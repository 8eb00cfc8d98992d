package import Foundation

/// A home with all that makes, keeps and uses electricity, and the grid behind it.
///
/// Without an order, storage serves the home's own use: batteries take what the sun gives beyond what is used, and give
/// it back when the sun gives less; cars take what then is left, and at night what they need for the way to work.
package struct Home: Sendable {
    /// The powers of one moment, in W: above 0 gives, below 0 takes.
    package struct Flow: Sendable, Hashable {
        package var panels: [Double] = []
        package var appliances: [Double] = []
        package var batteries: [Double] = []
        package var cars: [Double] = []

        /// What goes to the grid; below 0 what comes from it.
        package var exported: Double { (panels + appliances + batteries + cars).reduce(0, +) }
    }

    /// What came and went since the start, in Wh. All are 0 or more.
    package struct Balance: Sendable, Hashable {
        package var produced = 0.0
        package var used = 0.0
        package var charged = 0.0
        package var discharged = 0.0
        package var imported = 0.0
        package var exported = 0.0
        package var driven = 0.0
    }

    package let place: Place
    package let sky: Sky
    package let panels: [SolarPanel]
    package let appliances: [Appliance]
    package private(set) var batteries: [Storage]
    package private(set) var cars: [Car]
    /// The moment up to which it has lived.
    package private(set) var now: Date
    /// As they are at `now`.
    package private(set) var flow = Flow()
    package private(set) var balance = Balance()
    private var batteryOrders: [StorageOrder?]
    private var carOrders: [StorageOrder?]

    /// The longest stretch for which powers are taken to be steady, in s.
    static let longestStep = 30.0

    package init(
        place: Place, seed: UInt64, panels: [SolarPanel], appliances: [Appliance], batteries: [Storage], cars: [Car],
        start: Date
    ) {
        self.place = place
        sky = Sky(over: place, seed: seed)
        self.panels = panels
        self.appliances = appliances
        self.batteries = batteries
        self.cars = cars
        now = start
        batteryOrders = batteries.map { _ in nil }
        carOrders = cars.map { _ in nil }
        flow = flow(for: Self.longestStep)
    }

    /// Lives on until `moment`. Time does not go back.
    package mutating func advance(to moment: Date) {
        while now < moment {
            let seconds = min(Self.longestStep, moment.timeIntervalSince(now))
            flow = flow(for: seconds)
            live(seconds)
        }
        flow = flow(for: Self.longestStep)
    }

    /// - Parameter order: `nil`: it serves the home's own use again.
    package mutating func order(_ order: StorageOrder?, toBattery index: Int) {
        batteryOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    /// - Parameter order: `nil`: it serves the home's own use again.
    package mutating func order(_ order: StorageOrder?, toCar index: Int) {
        carOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    package var outdoorCelsius: Double { sky.celsius(at: now) }

    /// What the powers are for the next `seconds`.
    private func flow(for seconds: Double) -> Flow {
        let sun = Sun(at: now, over: place)
        let clearness = sky.clearness(at: now)
        let local = place.local(now)
        let outdoor = outdoorCelsius
        var flow = Flow(
            panels: panels.map { $0.watts(under: sun, clearness: clearness) },
            appliances: appliances.map { -$0.watts(at: local, outdoorCelsius: outdoor) })
        // First what was ordered: the others go by what is left.
        flow.batteries = zip(batteries, batteryOrders).map { battery, order in
            order.map { battery.watts(wanted: $0.watts, for: seconds) } ?? 0
        }
        flow.cars = zip(cars, carOrders).map { car, order in
            guard car.isHome(at: local), let order else { return 0 }
            return car.storage.watts(wanted: order.watts, for: seconds)
        }
        for (index, car) in cars.enumerated() where carOrders[index] == nil && car.isHome(at: local) {
            guard car.storage.share < Car.reserve, Car.nightHours.contains(local.hour) else { continue }
            flow.cars[index] = car.storage.watts(wanted: -car.storage.greatestChargeWatts, for: seconds)
        }
        // The night's charging comes from the grid: the battery keeps what it has for the house.
        var surplus =
            flow.exported - flow.cars.enumerated().reduce(0) { carOrders[$1.offset] == nil ? $0 + $1.element : $0 }
        for (index, battery) in batteries.enumerated() where batteryOrders[index] == nil {
            flow.batteries[index] = battery.watts(wanted: -surplus, for: seconds)
            surplus += flow.batteries[index]
        }
        for (index, car) in cars.enumerated() where carOrders[index] == nil && car.isHome(at: local) {
            guard flow.cars[index] == 0, surplus > 0 else { continue }
            flow.cars[index] = car.storage.watts(wanted: -surplus, for: seconds)
            surplus += flow.cars[index]
        }
        return flow
    }

    private mutating func live(_ seconds: Double) {
        let hours = seconds / 3600
        let local = place.local(now)
        for (index, watts) in flow.batteries.enumerated() { batteries[index].step(watts: watts, for: seconds) }
        for (index, watts) in flow.cars.enumerated() {
            cars[index].storage.step(watts: watts, for: seconds)
            balance.driven += cars[index].storage.drive(cars[index].drivingWatts(at: local) * hours)
        }
        balance.produced += flow.panels.reduce(0, +) * hours
        balance.used -= flow.appliances.reduce(0, +) * hours
        for watts in flow.batteries + flow.cars {
            if watts < 0 { balance.charged -= watts * hours } else { balance.discharged += watts * hours }
        }
        if flow.exported < 0 {
            balance.imported -= flow.exported * hours
        } else {
            balance.exported += flow.exported * hours
        }
        now += seconds
    }
}
