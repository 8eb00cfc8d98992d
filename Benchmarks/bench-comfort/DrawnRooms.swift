import Foundation
import RoomPhysics
import TestBench

/// The benchmark of random rooms, weather and guests, from seeds that nothing was tuned on.
enum DrawnRooms {
    private static let seeds: [UInt64] = Array(3000..<3030)

    static func run(_ rivals: Rivals, _ aims: inout Aims) {
        print("\(seeds.count) rooms drawn at random, half of them in a cold week, half in a mild one.\n")
        print(Weeks.heading)
        var means: [String: Means] = [:]
        var closer = 0
        for seed in seeds {
            let room = RoomParameters.drawn(seed: seed)
            var spreads: [String: Double] = [:]
            for controller in rivals.controllers(for: room) {
                let record = DayRun.run(
                    DaySettings(
                        room: room, controller: controller, weather: .drawnWeek(seed: seed), seed: seed, days: 7,
                        settlingHours: 24))
                let figures = Weeks.figures(DaySummary(of: record))
                means[controller.name, default: Means()].add(figures)
                spreads[controller.name] = figures[1]
            }
            if let hearth = spreads["hearth"], let pi = spreads["pi"], hearth <= pi { closer += 1 }
        }
        for name in ["hearth", "pi", "on-off"] {
            if let values = means[name]?.values { print(Weeks.row("drawn rooms, \(name)", values)) }
        }
        print("Hearth holds \(closer) of \(seeds.count) rooms closer than their own PI controller does.\n")
        if let hearth = means["hearth"]?.values, let pi = means["pi"]?.values { aims.drawn(hearth, pi) }
    }
}
