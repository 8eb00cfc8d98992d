import Foundation
import RoomPhysics
import TestBench

/// The benchmark of sensor failures: two of five sensors fail at noon of the second day and stay so for two days. The
/// measure is the departure of the room's true temperature from the same days without the fault.
enum Faults {
    private static let pairs = [(0, 1), (1, 3), (2, 4)]
    private static let begin = 86_400 + 43_200
    private static let days = 4

    static func run(_ rivals: Rivals, _ aims: inout Aims) {
        print(
            """
            Two sensors fail: deviation of the room from the same days without the fault, in K (RMS and maximum), over \
            \(pairs.count) pairs
            of sensors. “any” means two faults drawn at random, in 20 drawn rooms.

            """)
        print(column("", 34) + "hearth: RMS     most        pi: RMS     most")
        for room in RoomParameters.named {
            let controllers = Array(rivals.controllers(for: room).prefix(2))
            let calm = controllers.map { DayRun.run(settings(room, $0, seed: 31, failures: [])) }
            for fault in SensorFault.allCases {
                var worst = [[Double]](repeating: [0, 0], count: controllers.count)
                for pair in pairs {
                    let failures = [failure(pair.0, fault), failure(pair.1, fault)]
                    for (index, controller) in controllers.enumerated() {
                        let record = DayRun.run(settings(room, controller, seed: 31, failures: failures))
                        let departure = departure(of: record, from: calm[index])
                        worst[index] = zip(worst[index], departure).map { max($0, $1) }
                    }
                }
                print(row("\(room.name), \(fault.rawValue)", worst))
                aims.fault(worst[0])
            }
        }
        var worst = [[0.0, 0], [0.0, 0]]
        for seed in UInt64(4000)..<4020 {
            var generator = SplitMix64(seed: seed, for: "faults")
            let room = RoomParameters.drawn(seed: seed)
            let sensors = Array(0..<5).shuffled(using: &generator).prefix(2)
            let failures = sensors.map { sensor in
                failure(sensor, SensorFault.allCases.randomElement(using: &generator) ?? .stuck)
            }
            for (index, controller) in rivals.controllers(for: room).prefix(2).enumerated() {
                let calm = DayRun.run(settings(room, controller, seed: seed, failures: []))
                let record = DayRun.run(settings(room, controller, seed: seed, failures: failures))
                worst[index] = zip(worst[index], departure(of: record, from: calm)).map { max($0, $1) }
            }
        }
        print(row("drawn rooms, any", worst))
        aims.fault(worst[0])
    }

    private static func failure(_ sensor: Int, _ fault: SensorFault) -> DaySettings.Failure {
        DaySettings.Failure(sensor: sensor, fault: fault, second: begin)
    }

    private static func settings(
        _ room: RoomParameters, _ controller: ControllerKind, seed: UInt64, failures: [DaySettings.Failure]
    ) -> DaySettings {
        DaySettings(room: room, controller: controller, seed: seed, days: days, failures: failures)
    }

    /// Returns the RMS and the maximum of the departure, in K, from the beginning of the fault on.
    private static func departure(of record: DayRecord, from calm: DayRecord) -> [Double] {
        let differences = zip(record.samples, calm.samples).filter { $0.0.second >= begin }
            .map { abs($0.roomCelsius - $1.roomCelsius) }
        let square = differences.reduce(0) { $0 + $1 * $1 } / Double(max(1, differences.count))
        return [square.squareRoot(), differences.max() ?? 0]
    }

    private static func row(_ name: String, _ values: [[Double]]) -> String {
        column(name, 33)
            + String(format: "%12.2f %8.2f %14.2f %8.2f", values[0][0], values[0][1], values[1][0], values[1][1])
    }
}
