import ArgumentParser
package import RoomPhysics
import TestBench

/// The rooms that can be asked for by name.
struct RoomChoice: ExpressibleByArgument {
    var parameters: RoomParameters

    init(parameters: RoomParameters) {
        self.parameters = parameters
    }

    init?(argument: String) {
        let drawn = "drawn-"
        if argument.hasPrefix(drawn), let seed = UInt64(argument.dropFirst(drawn.count)) {
            parameters = .drawn(seed: seed)
        } else if let named = RoomParameters.named.first(where: { $0.name == argument }) {
            parameters = named
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { parameters.name }
}

/// The weather that can be asked for by name.
enum WeatherChoice: String, ExpressibleByArgument, CaseIterable {
    case day
    case coldWeek = "cold-week"
    case mildWeek = "mild-week"

    func weather(day: OutdoorDay, seed: UInt64) -> Weather {
        switch self {
        case .day: Weather(days: [day])
        case .coldWeek: .coldWeek(seed: seed)
        case .mildWeek: .mildWeek(seed: seed)
        }
    }
}

/// The controllers that can be asked for by name.
enum ControllerChoice: String, ExpressibleByArgument, CaseIterable {
    case hearth
    case pi
    case onOff = "on-off"

    func kind(for room: RoomParameters) -> ControllerKind {
        switch self {
        case .hearth: .hearth
        case .pi: .proportionalIntegral(StepTest(of: room).tuning(slowness: PITuning.bestSlowness))
        case .onOff: .onOff
        }
    }
}

extension SensorFault: ExpressibleByArgument {}
