import Foundation
import RoomPhysics
import TestBench

/// `make bench-comfort`: a comparison of how closely Hearth, a tuned PI controller and a thermostat hold rooms at their
/// set-point.
@main
struct BenchComfort {
    static func main() {
        if CommandLine.arguments.dropFirst() == ["one-mass"] { return OneMassRooms.run() }
        let start = Date()
        let slowness = Tuning.search()
        let rivals = Rivals(slowness: slowness)
        var aims = Aims()
        Weeks.run(rivals, &aims)
        Steps.run(rivals, &aims)
        DrawnRooms.run(rivals, &aims)
        Faults.run(rivals, &aims)
        print("")
        OneMassRooms.run()
        print("\n" + aims.description)
        print(String(format: "\n%.0f s.", Date().timeIntervalSince(start)))
    }
}

/// The controllers that are compared in one room.
struct Rivals {
    var slowness: Double

    /// Returns Hearth first, which knows nothing about the room; the PI controller is tuned for this room.
    func controllers(for room: RoomParameters) -> [ControllerKind] {
        [.hearth, .proportionalIntegral(StepTest(of: room).tuning(slowness: slowness)), .onOff]
    }
}

/// The means of several figures over several runs.
struct Means {
    private var sums: [Double] = []
    private var count = 0.0

    mutating func add(_ values: [Double]) {
        sums = sums.isEmpty ? values : zip(sums, values).map { $0 + $1 }
        count += 1
    }

    var values: [Double] { sums.map { $0 / max(1, count) } }
}

/// Returns `text` padded with spaces on the right.
func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
