import CivilTime
import Foundation
import HomePhysics
import Testing

@Suite struct `The sun` {
    @Test func `stands where the almanac has it`() {
        // The example of NREL's solar position algorithm (Reda and Andreas, 2003), less its refraction of 0.02°.
        let golden = Place(latitude: 39.742_476, longitude: -105.178_6, calendar: .utc)
        let sun = Sun(at: Moments.utc("2003-10-17T19:30:30Z"), over: golden)
        #expect(abs(sun.elevation - 39.87) < 0.03, "\(sun)")
        #expect(abs(sun.azimuth - 194.34) < 0.03, "\(sun)")
    }

    @Test func `stands as high at noon as the season and the latitude have it`() {
        func highest(_ place: Place, _ day: String) -> Double {
            let start = Moments.utc("\(day)T00:00:00Z")
            return (0..<1440).map { Sun(at: start + Double($0) * 60, over: place).elevation }.max()!
        }
        for (latitude, day, expected) in [
            (52.52, "2026-06-21", 60.9), (52.52, "2026-12-21", 14.0), (0, "2026-03-20", 89.8),
            (-33.9, "2026-12-21", 79.5),
            (80, "2026-12-21", -13.4),
        ] {
            let place = Place(latitude: latitude, longitude: 13.4, calendar: .utc)
            #expect(abs(highest(place, day) - expected) < 0.25, "\(latitude) \(day)")
        }
    }

    @Test func `rises in the east, stands in the south and sets in the west`() {
        let day = Moments.at(2026, 3, 20)
        let path = (0..<288).map { Sun(at: day + Double($0) * 300, over: Moments.berlin) }.filter { $0.elevation > 0 }
        #expect(abs(path.first!.azimuth - 90) < 3)
        #expect(abs(path.max { $0.elevation < $1.elevation }!.azimuth - 180) < 2)
        #expect(abs(path.last!.azimuth - 270) < 3)
        #expect(abs(Double(path.count) / 12 - 12) < 0.3, "day and night are equally long")
    }
}

@Suite struct `Solar panels` {
    private let panel = SolarPanel(ratedWatts: 8000)

    @Test(arguments: 1...12) func `give most between 10 and 14 o'clock of a clear day`(month: Int) {
        let midnight = Moments.at(2026, month, 15)
        let powers = (0..<288).map { step in
            panel.watts(under: Sun(at: midnight + Double(step) * 300, over: Moments.berlin), clearness: 1)
        }
        let best = powers.indices.max { powers[$0] < powers[$1] }!
        #expect((10.0...14).contains(Double(best) / 12), "at \(Double(best) / 12) h")
        #expect(powers[best] > 2500 && powers[best] <= 8000, "\(powers[best]) W")
        #expect(powers[0] == 0 && powers[287] == 0)
    }

    @Test func `give within 0 and what they are rated, whatever stands in the sky`() {
        for elevation in stride(from: -90.0, through: 90, by: 7.5) {
            for azimuth in stride(from: 0.0, to: 360, by: 15) {
                let sun = Sun(elevation: elevation, azimuth: azimuth)
                let bright = panel.watts(under: sun, clearness: 1)
                #expect((0...8000).contains(bright))
                #expect(elevation > 0 || bright == 0)
                #expect(panel.watts(under: sun, clearness: 0.3) <= bright)
            }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `earn most around noon in real weather, and in a year what roofs there do`(seed: UInt64) {
        let sky = Sky(over: Moments.berlin, seed: seed)
        var byHour = [Double](repeating: 0, count: 24)
        let start = Moments.at(2026, 1, 1)
        var clearest = 0.0
        for step in 0..<(365 * 96) {
            let moment = start + Double(step) * 900
            let clearness = sky.clearness(at: moment)
            clearest = max(clearest, clearness)
            #expect((0.1...1).contains(clearness))
            let watts = panel.watts(under: Sun(at: moment, over: Moments.berlin), clearness: clearness)
            byHour[Int(Moments.berlin.local(moment).hour)] += watts / 4000
        }
        let windows = (0...20).map { byHour[$0..<($0 + 4)].reduce(0, +) }
        #expect((10...11).contains(windows.indices.max { windows[$0] < windows[$1] }!), "\(byHour)")
        // Berlin's roofs earn about 950 kWh a year for each kW.
        #expect((700...1250).contains(byHour.reduce(0, +) / 8), "\(byHour.reduce(0, +) / 8) kWh a kW")
        #expect(clearest > 0.95)
    }
}
