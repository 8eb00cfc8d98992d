import RoomPhysics
import Testing

/// The references are the means of a month of records from a real hotel: the room was occupied 29 % of the time, 53 to
/// 66 % from 9 to 18 o'clock except at noon, under 10 % by night; carbon dioxide was about 525 ppm when empty and
/// about 1,130 ppm by day; humidity 48 %, 40 to 61.
@Suite struct `Life in a hotel room` {
    private struct Record {
        var occupied: [Double] = []
        var occupiedByDay: [Double] = []
        var occupiedByNight: [Double] = []
        var co2ByNight: [Double] = []
        var co2: [Double] = []
        var humidity: [Double] = []
    }

    /// Thirty days, looked at every ten minutes, at a steady 22 °C or so.
    private static func month(seed: UInt64) -> Record {
        var room = SimulatedRoom(name: "room-101", parameters: .heavy, valvePercent: 75, seed: seed)
        var record = Record()
        for step in 0..<(30 * 144) {
            room.advance(seconds: 600)
            let air = room.readAirQuality()
            let hour = (step + 1) % 144 / 6
            let presence = room.guests.areHere ? 1.0 : 0
            record.occupied.append(presence)
            record.co2.append(air.co2)
            record.humidity.append(air.humidityPercent)
            if (9..<12).contains(hour) || (13..<18).contains(hour) { record.occupiedByDay.append(presence) }
            if hour < 6 {
                record.occupiedByNight.append(presence)
                record.co2ByNight.append(air.co2)
            }
        }
        return record
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test(arguments: [1, 7, 42] as [UInt64])
    func `resembles the records of a real one`(seed: UInt64) throws {
        let record = Self.month(seed: seed)
        let place: Comment = "seed \(seed)"
        #expect((0.24...0.35).contains(Self.mean(record.occupied)), place)
        #expect((0.48...0.70).contains(Self.mean(record.occupiedByDay)), place)
        #expect(Self.mean(record.occupiedByNight) < 0.12, place)
        #expect((480.0...640).contains(Self.mean(record.co2ByNight)), place)
        #expect((620.0...880).contains(Self.mean(record.co2)), place)
        #expect(try #require(record.co2.max()) < 2200, place)
        #expect((42.0...56).contains(Self.mean(record.humidity)), place)
    }

    @Test func `the same seed gives the same life`() {
        func life() -> [Double] {
            var room = SimulatedRoom(name: "room-101", parameters: .light, seed: 9)
            return (0..<500).flatMap { _ in
                room.advance(seconds: 300)
                let air = room.readAirQuality()
                return [
                    room.readTemperature(sensor: 0), room.readTemperature(sensor: 4), air.temperatureCelsius,
                    air.humidityPercent, air.co2, Double(room.guests.count),
                ]
            }
        }
        #expect(life() == life())
    }

    @Test func `rooms of one building have guests and sensors of their own`() {
        func life(_ name: String) -> [Double] {
            var room = SimulatedRoom(name: name, parameters: .light, seed: 9)
            return (0..<200).flatMap { _ in
                room.advance(seconds: 600)
                return [Double(room.guests.count), room.readTemperature(sensor: 0)]
            }
        }
        #expect(life("room-101") != life("room-102"))
    }
}

@Suite struct `Temperature sensors` {
    @Test func `report tenths, differ from one another, and stay near the truth`() {
        var room = SimulatedRoom(
            name: "room-101", parameters: .heavy, airCelsius: 22, structureCelsius: 22, valvePercent: 78, seed: 3)
        var sums = Array(repeating: 0.0, count: 5)
        for _ in 0..<500 {
            room.advance(seconds: 30)
            for index in 0..<5 {
                let value = room.readTemperature(sensor: index)
                #expect(abs(value * 10 - (value * 10).rounded()) < 1e-6)
                #expect(abs(value - room.thermal.airCelsius) < 1.5)
                sums[index] += value
            }
        }
        #expect(Set(sums.map { ($0 / 500 * 100).rounded() }).count == 5)
    }

    @Test func `follow the room with a lag of minutes`() {
        var room = SimulatedRoom(
            name: "room-101", parameters: .light, airCelsius: 24, structureCelsius: 18, seed: 3)
        room.advance(seconds: 120)
        // The air falls quickly towards the walls; the sensors still remember it.
        let truth = room.thermal.airCelsius
        let felt = (0..<5).map { room.readTemperature(sensor: $0) }.reduce(0, +) / 5
        #expect(felt > truth)
    }
}

@Suite struct `Power meters` {
    @Test(arguments: zip(PowerMeter.Load.allCases, [3.5, 2.1, 1.35]))
    func `show by night what real ones showed, and more by day`(load: PowerMeter.Load, night: Double) {
        func mean(from: Int, to: Int, meters: Int) -> Double {
            var sum = 0.0
            var count = 0.0
            for number in 0..<meters {
                var meter = PowerMeter(load: load, seed: 5, name: "\(number)")
                for minute in stride(from: from * 60, to: to * 60, by: 1) {
                    meter.advance(seconds: 60)
                    sum += meter.kilowatts(secondOfDay: Double(minute * 60))
                    count += 1
                }
            }
            return sum / count
        }
        let byNight = mean(from: 0, to: 2, meters: 40)
        #expect(abs(byNight - night) < 0.2 * night, "\(byNight) kW")
        #expect(mean(from: 9, to: 20, meters: 10) > 1.2 * byNight)
    }

    @Test func `never show less than nothing`() {
        var meter = PowerMeter(load: .plugLoad, seed: 1, name: "m")
        for minute in 0..<20_000 {
            meter.advance(seconds: 60)
            #expect(meter.kilowatts(secondOfDay: Double(minute * 60)) > 0)
        }
    }
}
