import RoomPhysics
import Testing

@Suite struct `A thermal room` {
    private let cold = ThermalRoom.Surroundings(outdoorCelsius: -5, supplyCelsius: 55, sun: 0, internalGain: 0)

    @Test(arguments: RoomParameters.named)
    func `without heat cools towards the outdoor temperature and never below it`(parameters: RoomParameters) {
        var room = ThermalRoom(parameters: parameters, airCelsius: 22, structureCelsius: 22)
        var previous = room.airCelsius
        for _ in 0..<60 {
            room.advance(seconds: 6 * 3600, in: cold)
            #expect(room.airCelsius < previous)
            #expect(room.airCelsius > -5)
            previous = room.airCelsius
        }
        #expect(abs(room.airCelsius - -5) < 1)
    }

    @Test(arguments: RoomParameters.named)
    func `is the warmer the further its valve is open`(parameters: RoomParameters) {
        let settled = stride(from: 0, through: 100, by: 20).map { percent in
            var room = ThermalRoom(parameters: parameters)
            room.valve.move(toPercent: percent)
            room.advance(seconds: 20 * 86_400, in: cold)
            return room.airCelsius
        }
        #expect(settled == settled.sorted())
        #expect(settled[5] - settled[0] > 20)
    }

    @Test(arguments: RoomParameters.named)
    func `settles where what the radiator takes is what the room loses`(parameters: RoomParameters) {
        var room = ThermalRoom(parameters: parameters)
        room.valve.move(toPercent: 50)
        room.advance(seconds: 40 * 86_400, in: cold)
        let before = room.heatJoules
        room.advance(seconds: 3600, in: cold)
        let heat = (room.heatJoules - before) / 3600
        let loss =
            parameters.airToOutdoor * (room.airCelsius - -5)
            + parameters.structureToOutdoor * (room.structureCelsius - -5)
        #expect(abs(heat - loss) < 0.01 * loss)
        #expect(abs(heat - room.radiator.output(roomCelsius: room.airCelsius)) < 0.01 * heat)
    }

    @Test(arguments: RoomParameters.named)
    func `comes out the same with steps of one second as with long ones`(parameters: RoomParameters) {
        var fine = ThermalRoom(parameters: parameters)
        var coarse = fine
        fine.valve.move(toPercent: 100)
        coarse.valve.move(toPercent: 100)
        for _ in 0..<24 {
            for _ in 0..<3600 { fine.advance(seconds: 1, in: cold) }
            coarse.advance(seconds: 3600, in: cold)
            #expect(abs(fine.airCelsius - coarse.airCelsius) < 0.05)
        }
    }

    @Test func `reaches 22 °C on the coldest day of the design with a radiator of just the right size`() {
        let parameters = RoomParameters(name: "fitting", structurePerArea: 165_000, radiatorSizing: 1)
        let outdoor = HeatingCurve.designOutdoorCelsius
        let surroundings = ThermalRoom.Surroundings(
            outdoorCelsius: outdoor, supplyCelsius: HeatingCurve().supplyCelsius(outdoorCelsius: outdoor), sun: 0,
            internalGain: 0)
        var room = ThermalRoom(parameters: parameters)
        room.valve.move(toPercent: 100)
        room.advance(seconds: 20 * 86_400, in: surroundings)
        #expect(abs(room.airCelsius - 22) < 0.5)
    }

    @Test func `sun and people warm it`() {
        var dark = ThermalRoom(parameters: .light)
        var sunny = dark
        var peopled = dark
        dark.advance(seconds: 7200, in: cold)
        sunny.advance(
            seconds: 7200,
            in: ThermalRoom.Surroundings(outdoorCelsius: -5, supplyCelsius: 55, sun: 300, internalGain: 0))
        peopled.advance(
            seconds: 7200,
            in: ThermalRoom.Surroundings(outdoorCelsius: -5, supplyCelsius: 55, sun: 0, internalGain: 220))
        #expect(sunny.airCelsius > dark.airCelsius + 0.5)
        #expect(peopled.airCelsius > dark.airCelsius + 0.5)
    }

    @Test func `an open window cools it within minutes`() {
        var room = ThermalRoom(parameters: .heavy, airCelsius: 22, structureCelsius: 21)
        var surroundings = cold
        surroundings.windowAirChanges = 10
        room.advance(seconds: 600, in: surroundings)
        #expect(room.airCelsius < 19)
        #expect(room.structureCelsius > 20.8)
    }

    @Test func `a light room cools faster than a heavy one`() {
        var light = ThermalRoom(parameters: .light)
        var heavy = ThermalRoom(parameters: .heavy)
        light.advance(seconds: 12 * 3600, in: cold)
        heavy.advance(seconds: 12 * 3600, in: cold)
        #expect(light.airCelsius < heavy.airCelsius - 1)
    }
}

@Suite struct `A radiator` {
    @Test func `gives its nominal output at 50 K over the room, and follows the exponent of 1.3 below`() {
        let parameters = RadiatorParameters(nominalWatts: 1000, capacity: 50_000, fullFlow: 100)
        #expect(abs(Radiator(parameters: parameters, celsius: 70).output(roomCelsius: 20) - 1000) < 1e-9)
        #expect(abs(Radiator(parameters: parameters, celsius: 45).output(roomCelsius: 20) - 406.126) < 0.01)
        #expect(Radiator(parameters: parameters, celsius: 20).output(roomCelsius: 20) == 0)
        #expect(Radiator(parameters: parameters, celsius: 10).output(roomCelsius: 20) < 0)
    }

    @Test func `takes about a quarter of an hour to warm up`() {
        let surroundings = ThermalRoom.Surroundings(outdoorCelsius: 0, supplyCelsius: 50, sun: 0, internalGain: 0)
        var room = ThermalRoom(parameters: .light, valvePercent: 0)
        room.valve.move(toPercent: 50)
        var settled = room
        settled.advance(seconds: 4 * 3600, in: surroundings)
        let start = room.radiator.meanCelsius
        let goal = start + 0.63 * (settled.radiator.meanCelsius - start)
        var seconds = 0.0
        while room.radiator.meanCelsius < goal, seconds < 7200 {
            room.advance(seconds: 10, in: surroundings)
            seconds += 10
        }
        #expect((600.0...1500).contains(seconds), "it took \(seconds) s")
    }

    @Test func `returns colder water the less flows through it`() {
        let surroundings = ThermalRoom.Surroundings(outdoorCelsius: 0, supplyCelsius: 50, sun: 0, internalGain: 0)
        let returned = [20, 50, 100].map { percent in
            var room = ThermalRoom(parameters: .heavy, valvePercent: percent)
            room.advance(seconds: 3 * 3600, in: surroundings)
            return room.radiator.returnCelsius
        }
        #expect(returned == returned.sorted())
        #expect(returned[2] < 50)
    }
}

@Suite struct `A radiator valve` {
    @Test func `takes its travel time from shut to open, and lets nothing through when shut`() {
        var room = ThermalRoom(parameters: .light)
        #expect(room.valve.flow == 0)
        room.valve.move(toPercent: 100)
        let still = ThermalRoom.Surroundings(outdoorCelsius: 0, supplyCelsius: 50, sun: 0, internalGain: 0)
        room.advance(seconds: 60, in: still)
        #expect(abs(room.valve.position - 0.5) < 1e-9)
        room.advance(seconds: 61, in: still)
        #expect(room.valve.position == 1)
        #expect(room.valve.flow == 1)
    }

    @Test func `lets nothing through in its dead zone, and less on the way up than on the way down`() {
        var valve = RadiatorValve(parameters: ValveParameters(deadZone: 0.05, backlash: 0.04))
        func move(_ percent: Int) -> Double {
            var room = ThermalRoom(parameters: .light)
            room.valve = valve
            room.valve.move(toPercent: percent)
            room.advance(
                seconds: 300,
                in: ThermalRoom.Surroundings(outdoorCelsius: 0, supplyCelsius: 50, sun: 0, internalGain: 0))
            valve = room.valve
            return valve.flow
        }
        #expect(move(8) == 0)
        let up = move(40)
        _ = move(80)
        let down = move(40)
        #expect(up < down)
        #expect(move(100) == 1)
        #expect(move(0) == 0)
    }

    @Test func `takes impossible openings as its ends`() {
        var room = ThermalRoom(parameters: .light)
        room.valve.move(toPercent: 250)
        #expect(room.valve.target == 1)
        room.valve.move(toPercent: -3)
        #expect(room.valve.target == 0)
    }
}
