import ArgumentParser
package import RoomPhysics
import TestBench

/// A room chosen by name on the command line.
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

/// A kind of weather chosen by name on the command line.
enum WeatherChoice: String, ExpressibleByArgument, CaseIterable {
    case day
    case coldWeek = "cold-week"
    case mildWeek = "mild-week"

    /// Returns the weather; `day` is used for the single day only.
    func weather(day: OutdoorDay, seed: UInt64) -> Weather {
        switch self {
        case .day: Weather(days: [day])
        case .coldWeek: .coldWeek(seed: seed)
        case .mildWeek: .mildWeek(seed: seed)
        }
    }
}

/// A controller chosen by name on the command line.
enum ControllerChoice: String, ExpressibleByArgument, CaseIterable {
    case hearth
    case pi
    case onOff = "on-off"

    /// Returns the controller, tuned for the room if it is `pi`.
    func kind(for room: RoomParameters) -> ControllerKind {
        switch self {
        case .hearth: .hearth
        case .pi: .proportionalIntegral(StepTest(of: room).tuning(slowness: PITuning.bestSlowness))
        case .onOff: .onOff
        }
    }
}

extension SensorFault: ExpressibleByArgument {}
