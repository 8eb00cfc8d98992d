import Foundation

/// A table of targets and results; each result is the worst of all rows.
struct Aims: CustomStringConvertible {
    private var mean: [Double] = []
    private var rms: [Double] = []
    private var travel: [(hearth: Double, pi: Double)] = []
    private var heat: [Double] = []
    private var over: [Double] = []
    private var faults: [[Double]] = []
    private var drawnTravel = 0.0
    private var drawnHeat = 0.0
    private var drawnFigures: [Double] = []

    /// Adds a row of steady control: the figures of Hearth and of the PI controller.
    mutating func steady(_ hearth: [Double], _ pi: [Double]) {
        mean.append(abs(hearth[0]))
        rms.append(hearth[2])
        heat.append(hearth[5] / pi[5] * 100 - 100)
        travel.append((hearth[7], pi[7]))
    }

    /// Adds the overshoot after a step, in K.
    mutating func overshoot(_ kelvin: Double) { over.append(kelvin) }

    /// Adds the departure after two sensors failed: RMS and maximum, in K.
    mutating func fault(_ departure: [Double]) { faults.append(departure) }

    /// Sets the mean figures of random rooms.
    mutating func drawn(_ hearth: [Double], _ pi: [Double]) {
        drawnFigures = hearth
        drawnTravel = hearth[7] / pi[7]
        drawnHeat = hearth[5] / pi[5] * 100 - 100
    }

    var description: String {
        let total = travel.reduce(0) { $0 + $1.hearth } / max(1, travel.reduce(0) { $0 + $1.pi })
        let lines = [
            line("mean error in a room, K", 0.1, mean.max() ?? 0, drawnFigures.first.map(abs) ?? 0),
            line("RMS error in a room, K", 0.2, rms.max() ?? 0, drawnFigures[2]),
            line("overshoot after a 2 K step, K", 0.5, over.max() ?? 0, nil),
            line("valve travel, share of PI's", 0.5, total, drawnTravel),
            line("  in the worst room", 0.5, travel.map { $0.hearth / $0.pi }.max() ?? 0, nil),
            line("heat beyond PI's, %", 1, heat.max() ?? 0, drawnHeat),
            line("two sensors fail, RMS K", 0.3, faults.map { $0[0] }.max() ?? 0, nil),
            line("two sensors fail, at most K", 0.3, faults.map { $0[1] }.max() ?? 0, nil),
        ]
        return
            ([
                "The aims, and the worst of the named rooms (travel: of all); of the drawn rooms, the mean."
            ]
            + [column("", 32) + "     aim  named rooms  drawn rooms"] + lines).joined(separator: "\n")
    }

    /// Returns a line, marked if the target was missed.
    private func line(_ name: String, _ aim: Double, _ reached: Double, _ drawn: Double?) -> String {
        let missed = reached > aim ? "   missed" : ""
        return column(name, 32)
            + String(format: "%8.2f %12.2f", aim, reached)
            + (drawn.map { String(format: " %12.2f", $0) } ?? String(repeating: " ", count: 13)) + missed
    }
}
