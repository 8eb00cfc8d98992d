public import Foundation

/// A home with all that makes, keeps and uses electricity, and the grid behind it.
///
/// Without an order, storage serves the home's own use: batteries take what the sun gives beyond what is used, and give
/// it back when the sun gives less; cars take what then is left, and at night what they need for the way to work.
public struct Home: Sendable {
    /// The powers of one moment, in W: above 0 gives, below 0 takes.
    public struct Flow: Sendable, Hashable {
        public var panels: [Double] = []
        public var appliances: [Double] = []
        public var batteries: [Double] = []
        public var cars: [Double] = []

        /// What goes to the grid; below 0 what comes from it.
        public var exported: Double { (panels + appliances + batteries + cars).reduce(0, +) }
    }

    /// What came and went since the start, in Wh. All are 0 or more.
    public struct Balance: Sendable, Hashable {
        public var produced = 0.0
        public var used = 0.0
        public var charged = 0.0
        public var discharged = 0.0
        public var imported = 0.0
        public var exported = 0.0
        public var driven = 0.0
    }

    public let place: Place
    public let sky: Sky
    public let panels: [SolarPanel]
    public let appliances: [Appliance]
    public private(set) var batteries: [Storage]
    public private(set) var cars: [Car]
    /// The moment up to which it has lived.
    public private(set) var now: Date
    /// As they are at `now`.
    public private(set) var flow = Flow()
    public private(set) var balance = Balance()
    private var batteryOrders: [StorageOrder?]
    private var carOrders: [StorageOrder?]

    /// The longest stretch for which powers are taken to be steady, in s.
    static let longestStep = 30.0

    public init(
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
    public mutating func advance(to moment: Date) {
        while now < moment {
            let seconds = min(Self.longestStep, moment.timeIntervalSince(now))
            flow = flow(for: seconds)
            live(seconds)
        }
        flow = flow(for: Self.longestStep)
    }

    /// - Parameter order: `nil`: it serves the home's own use again.
    public mutating func order(_ order: StorageOrder?, toBattery index: Int) {
        batteryOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    /// - Parameter order: `nil`: it serves the home's own use again.
    public mutating func order(_ order: StorageOrder?, toCar index: Int) {
        carOrders[index] = order
        flow = flow(for: Self.longestStep)
    }

    public var outdoorCelsius: Double { sky.celsius(at: now) }

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
