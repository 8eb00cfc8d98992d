import Building
import CivilTime
import ClimateControl
import Foundation
import Testing

@Suite struct `Modes` {
    private static let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!
    /// Monday, 2026-01-12, 00:00 in Berlin.
    private static let monday = Timestamp(millisecondsSince1970: 1_768_172_400_000)
    private static let days = WeeklySchedule(
        periods: [.init(startMinute: 7 * 60, endMinute: 22 * 60)], calendar: berlin)

    private static func settings(ecoAfter: Duration? = nil) -> RoomClimateSettings {
        RoomClimateSettings(ecoCelsius: 19, ecoAfter: ecoAfter, schedule: days, calendar: berlin)
    }

    @Test func `the schedule heats by day and saves by night`() throws {
        let room = Room(Self.settings())
        var plant = Plant(celsius: 20, baseCelsius: 17, kelvinPerPercent: 0.08)
        _ = room.live(in: &plant, from: 0, until: 3 * 3600, calendarAt: Self.monday)
        #expect(room.last?.mode == .eco)
        #expect(room.last?.targetCelsius == 19)
        #expect(room.last?.setpointCelsius == 22)
        #expect(room.last?.reason.cause == .eco(.schedule))
        _ = room.live(in: &plant, from: 3 * 3600, until: 12 * 3600, calendarAt: Self.monday)
        #expect(room.last?.mode == .comfort)
        #expect(abs(plant.celsius - 22) < 0.3)
    }

    @Test func `after some mornings the room is warm when the schedule says so, and not much earlier`() throws {
        let room = Room(Self.settings())
        var plant = Plant(celsius: 19, baseCelsius: 17, kelvinPerPercent: 0.08)
        for day in 0..<5 {
            _ = room.live(in: &plant, from: day * 86_400, until: day * 86_400 + 7 * 3600, calendarAt: Self.monday)
            if day == 4 { #expect(plant.celsius > 21.4 && plant.celsius < 22.4, "\(plant.celsius) °C at 7:00") }
            _ = room.live(
                in: &plant, from: day * 86_400 + 7 * 3600, until: (day + 1) * 86_400, calendarAt: Self.monday)
        }
        var begun: Int?
        for second in stride(from: 5 * 86_400, to: 5 * 86_400 + 7 * 3600, by: 10) {
            _ = room.live(in: &plant, from: second, until: second + 10, calendarAt: Self.monday)
            if room.last?.mode == .preheat, begun == nil {
                begun = second - 5 * 86_400
                #expect(room.last?.reason.cause == .preheating(for: .init(secondOfDay: 7 * 3600)))
            }
        }
        #expect(try #require(begun) > 3 * 3600)
    }

    @Test func `without a trusted calendar the schedule holds comfort`() throws {
        let room = Room(Self.settings())
        _ = room.hold(21, from: 0, until: 600)
        #expect(room.last?.mode == .comfort)
    }

    @Test func `an empty room goes to eco after a while, and back at once when someone comes`() throws {
        let room = Room(RoomClimateSettings(ecoAfter: .seconds(1800)))
        for second in stride(from: 0, through: 1860, by: 60) {
            room.report([21.5, 21.5, 21.5], at: Double(second))
            room.observe(isOccupied: false, at: Double(second))
            let decision = try #require(room.decide(at: Double(second)))
            #expect(decision.mode == (second < 1800 ? .comfort : .eco))
        }
        #expect(room.last?.reason.text == "closed above=2.5 target=19 cause=eco_absence absent=31min")
        room.observe(isOccupied: true, at: 1870)
        #expect(try #require(room.decide(at: 1870)).mode == .comfort)
    }

    @Test func `who sets a temperature while the room saves gets it, until the room would be warm anyway`() throws {
        let room = Room(Self.settings())
        var plant = Plant(celsius: 20, baseCelsius: 17, kelvinPerPercent: 0.08)
        let evening = 22 * 3600
        _ = room.live(in: &plant, from: evening, until: evening + 1800, calendarAt: Self.monday)
        #expect(room.last?.mode == .eco)
        // Also one that is what held already.
        let isTaken = room.set(Setpoint(celsius: 22, source: .guest))
        #expect(isTaken)
        _ = room.live(in: &plant, from: evening + 1800, until: evening + 2400, calendarAt: Self.monday)
        #expect(room.last?.mode == .comfort)
        #expect(room.last?.targetCelsius == 22)
        #expect(room.last?.reason.cause == .setDespite(.schedule))
        // Nobody heats all night by it.
        _ = room.live(in: &plant, from: evening + 2400, until: evening + 1800 + 4 * 3600 + 60, calendarAt: Self.monday)
        #expect(room.last?.mode == .eco)
        // The next evening it is an old one.
        _ = room.live(in: &plant, from: evening + 6 * 3600, until: evening + 86_400 + 600, calendarAt: Self.monday)
        #expect(room.last?.mode == .eco)
    }

    @Test func `a set-point with an end goes before schedule and presence until then`() throws {
        let room = Room(Self.settings(ecoAfter: .seconds(1800)))
        var plant = Plant(celsius: 20, baseCelsius: 17, kelvinPerPercent: 0.08)
        let evening = 21 * 3600
        let isTaken = room.set(
            Setpoint(celsius: 23, source: .guest, until: Self.monday.advanced(by: .seconds(evening + 7 * 3600))))
        #expect(isTaken)
        _ = room.live(in: &plant, from: evening, until: evening + 7 * 3600 - 60, calendarAt: Self.monday)
        #expect(room.last?.mode == .comfort)
        #expect(room.last?.targetCelsius == 23)
        _ = room.live(in: &plant, from: evening + 7 * 3600, until: evening + 7 * 3600 + 60, calendarAt: Self.monday)
        #expect(room.last?.mode != .comfort)
        #expect(room.last?.setpointCelsius == 22)
    }

    @Test func `who sets the temperature of an empty room on the way there finds it warm`() throws {
        let room = Room(RoomClimateSettings(ecoAfter: .seconds(1800)))
        for second in stride(from: 0, through: 2400, by: 60) {
            room.report([21, 21, 21], at: Double(second))
            room.observe(isOccupied: false, at: Double(second))
            _ = room.decide(at: Double(second))
        }
        #expect(room.last?.mode == .eco)
        let isTaken = room.set(Setpoint(celsius: 23, source: .guest))
        #expect(isTaken)
        room.report([21, 21, 21], at: 2460)
        #expect(try #require(room.decide(at: 2460)).mode == .comfort)
        // The configuration's takes that back as well.
        let isBack = room.set(Setpoint(celsius: 22, source: .configuration))
        #expect(isBack)
        #expect(try #require(room.decide(at: 2470)).mode == .eco)
    }

    @Test func `a presence sensor that fell silent does not keep a room in eco`() throws {
        let room = Room(RoomClimateSettings(ecoAfter: .seconds(1800)))
        room.observe(isOccupied: false, at: 0)
        _ = room.hold(21, from: 0, until: 1800)
        #expect(room.last?.mode == .eco)
        _ = room.hold(21, from: 1810, until: 3700)
        #expect(room.last?.mode == .comfort)
    }

    @Test func `a boost opens fully, ends by itself, and does not go far above the set-point`() throws {
        let room = Room()
        var plant = Plant(celsius: 21, baseCelsius: 20)
        _ = room.live(in: &plant, from: 0, until: 60)
        room.ask(.boost(seconds: 1800), at: 60)
        _ = room.live(in: &plant, from: 60, until: 120)
        #expect(room.last?.mode == .boost)
        #expect(room.last?.level.percent == 100)
        #expect(room.last?.reason.text.hasSuffix(" cause=boost left=29min") == true)
        let highest = room.live(in: &plant, from: 120, until: 1900)
        #expect(highest < 24)
        #expect(room.last?.mode == .comfort)
    }

    @Test func `off heats nothing, but not below 6 °C`() throws {
        let room = Room()
        room.ask(.off, at: 0)
        var plant = Plant(celsius: 8, baseCelsius: 5.5, kelvinPerPercent: 0.1)
        var lowest = plant.celsius
        for second in stride(from: 0, through: 4 * 86_400, by: 10) {
            _ = room.live(in: &plant, from: second, until: second + 10)
            lowest = min(lowest, plant.celsius)
        }
        #expect(lowest >= 6, "\(lowest) °C")
        #expect(abs(plant.celsius - 7) < 0.5)
        #expect(room.last?.mode == .off)
    }

    @Test func `comfort and eco can be asked for, whatever the schedule says`() throws {
        let room = Room(Self.settings())
        var plant = Plant(celsius: 20, baseCelsius: 17, kelvinPerPercent: 0.08)
        room.ask(.comfort, at: 0)
        _ = room.live(in: &plant, from: 0, until: 60, calendarAt: Self.monday)
        #expect(room.last?.mode == .comfort)
        #expect(room.last?.targetCelsius == 22)
        room.ask(.eco, at: 60)
        _ = room.live(in: &plant, from: 12 * 3600, until: 12 * 3600 + 60, calendarAt: Self.monday)
        #expect(room.last?.mode == .eco)
        #expect(room.last?.targetCelsius == 19)
        #expect(room.last?.reason.cause == .ecoRequested)
    }

    @Test func `a mode ends when it was to end, and outlives a restart before that`() throws {
        let until = Self.monday.advanced(by: .seconds(3600))
        let choice = ModeChoice(
            request: .off, source: .localOperator, who: "reception", since: Self.monday, until: until)
        let room = Room(Self.settings())
        room.choose(choice, at: 0)
        _ = room.decide(at: 1, calendar: Self.monday)
        #expect(room.climate.modeChoice == choice)
        let restarted = Room(Self.settings(), restoring: room.climate.snapshot)
        #expect(restarted.climate.modeChoice == choice)
        restarted.report([21], at: 10)
        _ = restarted.decide(at: 10, calendar: until.advanced(by: .seconds(-1)))
        #expect(restarted.last?.mode == .off)
        // Nobody knows the time.
        _ = restarted.decide(at: 11)
        #expect(restarted.last?.mode == .off)
        _ = restarted.decide(at: 12, calendar: until)
        #expect(restarted.last?.mode == .eco)
        #expect(restarted.climate.modeChoice.source == .configuration)
    }

    @Test func `a boost leaves no author behind when it is over`() throws {
        let room = Room()
        room.choose(ModeChoice(request: .boost(seconds: 60), source: .localOperator, who: "reception"), at: 0)
        _ = room.hold(21, from: 0, until: 50)
        #expect(room.climate.modeChoice.who == "reception")
        _ = room.hold(21, from: 60, until: 70)
        #expect(room.climate.modeChoice == ModeChoice(request: .automatic, source: .configuration))
    }

    @Test func `an open window shuts the valve, and says since when`() throws {
        let room = Room(RoomClimateSettings(calendar: Self.berlin))
        var plant = Plant(celsius: 22, baseCelsius: 20)
        let start = Timestamp(millisecondsSince1970: Self.monday.millisecondsSince1970 + 14 * 3_600_000)
        _ = room.live(in: &plant, from: 0, until: 7200, calendarAt: start)
        let before = try #require(room.last).level.percent
        #expect(before > 20)
        // The room falls by 0.3 K a minute.
        for minute in 0..<6 {
            plant.celsius -= 0.3
            _ = room.live(in: &plant, from: 7200 + minute * 60, until: 7260 + minute * 60, calendarAt: start)
        }
        #expect(room.last?.mode == .windowOpen)
        #expect(room.last?.level == .shut)
        #expect(room.last?.reason.text.hasPrefix("window_open since=16:0") == true)
        // It is shut again: the walls warm the air.
        plant.celsius += 0.8
        _ = room.live(in: &plant, from: 7560, until: 7700, calendarAt: start)
        #expect(room.last?.mode == .comfort)
        #expect(try #require(room.last).level.percent > 20)
    }

    @Test func `a window keeps the valve shut for half an hour at most`() throws {
        let room = Room()
        var celsius = 22.0
        var shut = 0
        // The room is known by then: before, a valve that was closed earlier may be what it falls by.
        for minute in 0..<210 {
            if minute > 150 { celsius = max(14, celsius - 0.3) }
            for step in 0..<6 {
                room.report(Array(repeating: celsius, count: 5), at: Double(minute * 60 + step * 10))
                if room.decide(at: Double(minute * 60 + step * 10))?.mode == .windowOpen { shut += 10 }
            }
        }
        #expect((1700...1810).contains(shut), "\(shut) s")
    }

    @Test func `frost protection wins over an open window`() throws {
        let room = Room()
        for minute in 0..<40 {
            room.report(Array(repeating: 16 - 0.4 * Double(minute), count: 5), at: Double(minute * 60))
            let decision = try #require(room.decide(at: Double(minute * 60)))
            if try #require(decision.temperatureCelsius) < 6 { #expect(decision.level.percent >= 50) }
        }
    }
}

@Suite struct `Set-points` {
    @Test func `know who set them, and end when they should`() throws {
        let room = Room()
        let noon = Timestamp(millisecondsSince1970: 1_768_215_600_000)
        let evening = noon.advanced(by: .seconds(6 * 3600))
        let isTaken = room.set(
            Setpoint(celsius: 24, source: .guest, who: "room 101", since: noon, until: evening))
        #expect(isTaken)
        room.report([21, 21, 21], at: 0)
        #expect(try #require(room.decide(at: 0, calendar: noon)).setpointCelsius == 24)
        #expect(room.climate.setpoint.who == "room 101")
        // Without a trusted calendar nothing ends.
        #expect(try #require(room.decide(at: 10)).setpointCelsius == 24)
        #expect(try #require(room.decide(at: 20, calendar: evening)).setpointCelsius == 22)
        #expect(room.climate.setpoint.source == .configuration)
    }

    @Test(arguments: [15.9, 26.1, .nan])
    func `a guest's is within 16…26 °C`(celsius: Double) {
        let room = Room()
        #expect(!room.set(Setpoint(celsius: celsius, source: .guest)))
        #expect(room.climate.setpointCelsius == 22)
    }

    @Test func `the configuration's takes back what anyone set`() {
        let room = Room()
        #expect(room.set(Setpoint(celsius: 25, source: .central)))
        #expect(room.set(Setpoint(celsius: 22, source: .configuration)))
        #expect(room.climate.setpoint == Setpoint(celsius: 22, source: .configuration))
    }
}
