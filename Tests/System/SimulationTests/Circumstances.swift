import Rig
import Uplink

/// What a seed has in store for its scene. Each seed leaves some faults out, so that others get their turn.
struct Circumstances {
    var steps: Int
    var mishaps: [SeededNetwork.Mishap]
    /// Of 100 requests so many meet one of them.
    var mishapPercent: Int
    var stops: Bool
    var powerCuts: Bool
    var diskFaults: Bool
    /// A small cap of the buffer, bytes.
    var maxBytes: Int64?
    /// Numbers that stay unpacked, and those of one segment.
    var unpacked: Int
    var segmentSize: Int
    var damage: Bool
    var restores: Bool
    /// After a cut of the power it is 1970 until the clock is set.
    var forgetsTime: Bool
    var link = Link.Settings()

    init(_ dice: inout SeededRandom) {
        steps = dice.number(8...50)
        mishaps = SeededNetwork.Mishap.allCases.filter { _ in dice.chance(60) }
        mishapPercent = mishaps.isEmpty ? 0 : dice.number(0...60)
        stops = dice.chance(70)
        powerCuts = dice.chance(70)
        diskFaults = dice.chance(30)
        if dice.chance(15) {
            // Nothing gets through until the end.
            mishaps = [.requestLost]
            mishapPercent = 100
        }
        maxBytes = dice.chance(25) ? Int64(dice.number(84...140)) * 1024 : nil
        unpacked = dice.number(0...60)
        segmentSize = dice.number(5...300)
        damage = dice.chance(25)
        restores = dice.chance(15)
        forgetsTime = dice.chance(30)
        link.firstBatch = dice.number(1...400)
        link.largestBatch = max(link.firstBatch, dice.number(50...2_000))
    }
}
