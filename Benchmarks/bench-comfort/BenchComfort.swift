import Foundation
import RoomPhysics
import TestBench

/// `make bench-comfort`: how well rooms are held, by Hearth, by a tuned PI controller and by a thermostat.
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

/// The controllers for one room.
struct Rivals {
    var slowness: Double

    /// Hearth first, which is told nothing of the room; the PI controller is set for the very room.
    func controllers(for room: RoomParameters) -> [ControllerKind] {
        [.hearth, .proportionalIntegral(StepTest(of: room).tuning(slowness: slowness)), .onOff]
    }
}

/// Means over several runs.
struct Means {
    private var sums: [Double] = []
    private var count = 0.0

    mutating func add(_ values: [Double]) {
        sums = sums.isEmpty ? values : zip(sums, values).map { $0 + $1 }
        count += 1
    }

    var values: [Double] { sums.map { $0 / max(1, count) } }
}

/// `text`, filled up with spaces.
func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
