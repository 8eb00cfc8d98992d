package import Foundation

/// A home with everything that produces, stores and uses electricity, and its grid connection.
///
/// Without an order, storage serves the home's own use: batteries take surplus solar power and return it when there is
/// too little; cars take what remains, and at night what they need for the way to work.
package struct Home: Sendable {
    /// The powers at one moment, in W: positive while giving, negative while taking.
    package struct Flow: Sendable, Hashable {
        /// The power of each solar panel, 0 or more.
        package var panels: [Double] = []
        /// The power of each appliance, 0 or less.
        package var appliances: [Double] = []
        /// The power of each battery.
        package var batteries: [Double] = []
        /// The power of each car.
        package var cars: [Double] = []

        /// The power fed into the grid; negative if power is drawn from it.
        package var exported: Double { (panels + appliances + batteries + cars).reduce(0, +) }
    }

    /// The energies since the start, in Wh. All are 0 or more.
    package struct Balance: Sendable, Hashable {
        /// The energy produced by solar panels.
        package var produced = 0.0
        /// The energy used by appliances.
        package var used = 0.0
        /// The energy charged into batteries and cars.
        package var charged = 0.0
        /// The energy discharged from batteries and cars.
        package var discharged = 0.0
        /// The energy drawn from the grid.
        package var imported = 0.0
        /// The energy fed into the grid.
        package var exported = 0.0
        /// The energy used by cars for driving.
        package var driven = 0.0
    }

    /// The location of the home.
    package let place: Place
    /// The weather over the home.
    package let sky: Sky
    /// The solar panels, with their inverters.
    package let panels: [SolarPanel]
    /// The appliances.
    package let appliances: [Appliance]
    /// The batteries and their charge.
    package private(set) var batteries: [Storage]
    /// The cars and their charge.
    package private(set) var cars: [Car]
    /// The moment up to which the home has been simulated.
    package private(set) var now: Date
    /// The powers at `now`.
    package private(set) var flow = Flow()
    /// The energies since the start.
    package private(set) var balance = Balance()
    private var batteryOrders: [StorageOrder?]
    private var carOrders: [StorageOrder?]

    /// The longest step for which powers are taken as constant, in s.
    static let longestStep = 30.0

    /// Creates a home. The seed determines its weather.
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

    /// Simulates the home up to `moment`. An earlier moment changes nothing.
    package mutating func advance(to moment: Date) {
        while now < moment {
            let seconds = min(Self.longestStep, moment.timeIntervalSince(now))
            flow = flow(for: seconds)
            live(seconds)
        }
        flow = flow(for: Self.longestStep)
    }

    /// Gives a battery an order.
    ///
    /// - Parameter order: `nil` to serve the home's own use again.
    package mutating func order(_ order: StorageOrder?, toBattery index: Int) {
        batteryOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    /// Gives a car an order.
    ///
    /// - Parameter order: `nil` to serve the home's own use again.
    package mutating func order(_ order: StorageOrder?, toCar index: Int) {
        carOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    /// The outdoor temperature, in °C.
    package var outdoorCelsius: Double { sky.celsius(at: now) }

    /// Returns the powers for the next `seconds`.
    private func flow(for seconds: Double) -> Flow {
        let sun = Sun(at: now, over: place)
        let clearness = sky.clearness(at: now)
        let local = place.local(now)
        let outdoor = outdoorCelsius
        var flow = Flow(
            panels: panels.map { $0.watts(under: sun, clearness: clearness) },
            appliances: appliances.map { -$0.watts(at: local, outdoorCelsius: outdoor) })
        // Orders come first: the other storage acts on the remainder.
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
        // Night charging comes from the grid: the battery keeps its charge for the house.
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

    /// Advances by a step with the present powers.
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
