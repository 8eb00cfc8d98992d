import Building
import EdgeGateway
import Foundation
import Outbox
import Postgres
import Rig
import Storage
import Uplink

/// A gateway, a network and a central service for as long as one seed lasts. Everything in it happens one after the
/// other, and everything that is left to chance is left to the seed.
final class Scene {
    let seed: UInt64
    var dice: SeededRandom
    let circumstances: Circumstances
    let time = SimulatedTime()
    let log: EventLog
    let disk: FaultyDisk
    let network: SeededNetwork
    let building: Slug
    let pool: ConnectionPool
    let token: String
    let jitter: SharedDice

    /// What every store must account for.
    var books: [StoreBook] = []
    /// The account of the store whose files are in place; `nil` where there are none.
    var book: StoreBook?
    var outbox: Outbox?
    var uplink: UplinkService?
    var course: UplinkService.Course?
    var redeliveries = Deduplicator()
    /// What the broker has not heard an answer to.
    var unanswered: [Message] = []
    /// What the last call of `append` was about: the broker may not have heard the answer to it.
    var lastGroup: [Message] = []
    /// What each `append` was about that failed since the last one that did not: one of them may be stored all the
    /// same, and be found so by the next process.
    var uncertain: [[Message]] = []
    var serial = 0
    var boot = 1
    /// The files as they once were, and what was in them.
    var snapshot: (files: FaultyDisk.Copy, store: StoreID, count: Int)?
    /// A store whose files were moved away and are still to be emptied.
    var laidAside: (files: FaultyDisk.Copy, book: StoreBook)?

    init(seed: UInt64, pool: ConnectionPool, diskLies: Bool = false) async throws {
        self.seed = seed
        self.pool = pool
        var dice = SeededRandom(seed: seed)
        circumstances = Circumstances(&dice)
        log = EventLog(time: time)
        disk = try FaultyDisk(seed: dice.next())
        jitter = SharedDice(dice.fork())
        let time = time
        network = SeededNetwork(
            dice: dice.fork(), mishaps: circumstances.mishaps, percent: circumstances.mishapPercent, log: log
        ) { CentralReplica(pool: pool, time: time) }
        building = Slug("seed-\(seed)-\(UInt32.random(in: 0...UInt32.max))")!
        let store = CentralStore(pool: pool, logger: Quiet.logger) { time.rightCalendar }
        token = try await TokenAdministration(store).addGateway(building: building, kind: "hotel", label: nil).text
        self.dice = dice
        if diskLies { disk.lieAboutSyncs() }
    }

    var path: String { disk.folder + "/outbox.sqlite" }

    /// Plays the scene to its end.
    ///
    /// - Throws: `Violation`.
    func play() async throws {
        log.note("seed \(seed): \(circumstances)")
        for _ in 0..<circumstances.steps { try await step() }
        try await end()
        try await Judge(self).judge()
    }

    /// Nothing is open any more.
    func leave() async throws {
        disk.stop()
        try await restart(after: .kill)
    }

    private func step() async throws {
        guard outbox != nil else {
            try await restartIfStopped()
            try snapshotOrDamage()
            try await open()
            return
        }
        switch dice.number(0...99) {
        case 0..<34: try takeIn()
        case 34..<66: try await deliver()
        case 66..<76: tidy()
        case 76..<82: advance()
        case 82..<90: if circumstances.stops { try await armOrStop() }
        case 90..<94: if circumstances.diskFaults { breakOrMend() }
        case 94..<96: try await close()
        case 96..<98: if circumstances.restores { try await restore() }
        default: if circumstances.damage { try await damageSegment() }
        }
        try await restartIfStopped()
    }

    private func advance() {
        time.advance(by: .milliseconds([20, 300, 3_000, 40_000, 400_000].randomElement(using: &dice)!))
        if !time.isSet, dice.chance(50) {
            time.set()
            log.note("the clock is set")
        }
    }

    private func breakOrMend() {
        if dice.chance(60) {
            let fault = FaultyDisk.Fault.allCases.randomElement(using: &dice)!
            let operations = dice.chance(50) ? dice.number(1...10) : nil
            disk.fail(fault, operations: operations)
            log.note("disk: \(fault), \(operations.map { "\($0) times" } ?? "until mended")")
        } else {
            disk.mend()
            log.note("disk mended")
        }
    }

    // MARK: Delivering

    private func deliver() async throws {
        for _ in 0..<dice.number(1...6) {
            guard !disk.isStopped else { return }
            if let until = await stepUplink() {
                if dice.chance(60) { time.advance(to: until) } else { advance() }
            }
        }
    }

    /// - Returns: when to come again.
    func stepUplink() async -> MonotonicInstant? {
        guard let uplink, var course else { return nil }
        let until = await uplink.step(&course)
        self.course = course
        return until
    }

    // MARK: Upkeep

    private func tidy() {
        guard let outbox else { return }
        let isPatient = dice.chance(80)
        do {
            try settleTimes(of: outbox, isPatient: isPatient)
            for _ in 0..<dice.number(0...4) {
                let isMore = try outbox.packOldest(
                    keeping: circumstances.unpacked, size: circumstances.segmentSize, encode: UploadBody.segment)
                if let limit = circumstances.maxBytes {
                    let dropped = try outbox.enforce(maxBytes: limit, keeping: 0)
                    if dropped > 0 { log.note("buffer full: \(dropped) dropped") }
                }
                if !isMore { break }
            }
            try outbox.giveSpaceBack(pages: dice.number(1...50), keeping: dice.number(0...4))
            if dice.chance(20) { try outbox.checkpoint() }
            log.note("tidied")
        } catch {
            log.note("upkeep failed: \(error)")
        }
    }

    func settleTimes(of outbox: Outbox, isPatient: Bool) throws {
        if time.isSet {
            while try outbox.restamp(
                by: clockOffset, plausible: Message.plausible, atMost: 100,
                shiftSegment: { segment, numbers, shift in
                    UploadBody.shifting(segment, numbers, by: shift, plausible: Message.plausible)
                })
            {}
        } else if !isPatient {
            try outbox.releaseHeld()
        }
        try outbox.releaseBoots(before: clockOffset.boot)
    }

    var clockOffset: ClockOffset { ClockOffset(boot: "boot \(boot)", milliseconds: time.offset) }
}
