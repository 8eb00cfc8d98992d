import RoomPhysics
import Testing

@Suite struct `A failing sensor` {
    private static func reports(_ fault: SensorFault, hours: Int = 10) -> [Double?] {
        var sensor = FaultySensor(fault, seed: 1, name: "a")
        return (0..<hours * 60).map { minute in
            sensor.report(22 + 0.1 * Double(minute % 2), secondsFailed: Double(minute) * 60)
        }
    }

    @Test func `repeats its last value when it is stuck`() {
        #expect(Set(Self.reports(.stuck)) == [22])
    }

    @Test func `is far off now and then when it spikes`() {
        let values = Self.reports(.spike).compactMap { $0 }
        let far = values.count { abs($0 - 22) > 3 }
        #expect(far > 2 && far < values.count / 10)
    }

    @Test func `is a kelvin off after ten hours of drift`() {
        let off = abs((Self.reports(.drift).compactMap { $0 }.last ?? 22) - 22.1)
        #expect(abs(off - 1) < 0.15)
    }

    @Test func `says nothing after it has dropped out`() {
        #expect(Self.reports(.dropout).allSatisfy { $0 == nil })
    }

    @Test func `scatters when it is noisy`() {
        let values = Self.reports(.noisy).compactMap { $0 }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        #expect(abs(deviation - 2) < 0.3)
    }

    @Test func `reports another unit`() {
        #expect(Self.reports(.fahrenheit).first == 71.6)
        #expect(Self.reports(.kelvin).first == 295.2 || Self.reports(.kelvin).first == 295.1)
    }

    @Test func `is known by name`() {
        for fault in SensorFault.allCases { #expect(SensorFault(rawValue: fault.rawValue) == fault) }
        #expect(SensorFault(rawValue: "wrong-unit-f") == .fahrenheit)
    }
}
