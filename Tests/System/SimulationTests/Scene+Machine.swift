import Building
import EdgeGateway
import Foundation
import GRDB
import Outbox
import Rig
import Uplink

/// What becomes of the gateway's process, its machine and its files.
extension Scene {
    /// Starts the gateway's process, as far as the disk lets it.
    func open() async throws {
        var numbered: Int64 = 0
        do {
            let outbox = try Outbox(path: path)
            self.outbox = outbox
            numbered = try outbox.tally().numbered
            redeliveries = Deduplicator(recent: try outbox.recentDeliveries())
        } catch {
            log.note("start failed: \(error)")
            if !disk.isStopped {
                disk.stop()
                try await restart(after: .kill)
            }
        }
        guard let outbox, !disk.isStopped else {
            outbox = nil
            return
        }
        log.note("started: \(numbered) numbered\(outbox.setAside == nil ? "" : ", a damaged file was set aside")")
        try recognise(outbox)
        try settleUncertain(numbered: numbered)
        redeliveries.connected(sessionPresent: true)
        for index in unanswered.indices { unanswered[index].delivery.isRedelivered = true }
        let (time, token, jitter) = (time, token, jitter)
        let uplink = UplinkService(
            outbox: outbox, transport: network, baseURL: SeededNetwork.baseURL, token: { token },
            inventory: inventory, settings: circumstances.link, logger: Quiet.logger, now: { time.monotonic },
            jitter: { jitter.roll { Double.random(in: 0...1, using: &$0) } })
        self.uplink = uplink
        course = uplink.begin()
    }

    /// A store is the one that was there before, or there is a reason why it is not.
    private func recognise(_ outbox: Outbox) throws {
        guard book?.store != outbox.store else { return }
        if let book, !book.messages.isEmpty {
            guard outbox.setAside != nil else { throw Violation("the store \(book.store) is gone") }
            guard book.isDamaged else { throw Violation("a sound file was set aside: \(book.store)") }
        }
        let new = StoreBook(outbox.store)
        books.append(new)
        book = new
        uncertain = []
        // A new store knows nothing of what the broker sent before.
        let stored = Set(books.flatMap { $0.messages.map(\.serial) })
        unanswered.removeAll { stored.contains($0.serial) }
    }

    func close() async throws {
        do {
            try outbox?.close()
            log.note("stopped")
        } catch {
            log.note("stop failed: \(error.kind)")
        }
        disk.stop()
        try await restart(after: .kill)
    }

    // MARK: Crashes

    func armOrStop() async throws {
        if dice.chance(70) {
            let operation = dice.number(1...40)
            disk.stop(atOperation: operation)
            log.note("stops at disk operation \(operation)")
        } else {
            disk.stop()
        }
    }

    func restartIfStopped() async throws {
        guard disk.isStopped else { return }
        let stop: FaultyDisk.Stop = circumstances.powerCuts && dice.chance(70) ? .powerCut : .kill
        // The broker may not have heard that the last ones are stored.
        if unanswered.isEmpty, !lastGroup.isEmpty, dice.chance(50) {
            unanswered = Array(lastGroup.suffix(dice.number(1...lastGroup.count)))
        }
        try await restart(after: stop)
    }

    func restart(after stop: FaultyDisk.Stop) async throws {
        outbox = nil
        uplink = nil
        course = nil
        lastGroup = []
        log.note("\(stop)")
        // The last call's thread may hold the store for a moment longer.
        for _ in 0..<60_000 {
            if (try? disk.restart(after: stop)) != nil { break }
            try await Task.sleep(for: .microseconds(500))
        }
        guard !disk.isStopped else { throw Violation("the files of a process that has ended stay open") }
        if stop == .powerCut {
            boot += 1
            if circumstances.forgetsTime { time.forget() }
        }
    }

    // MARK: Files

    /// While the process does not run.
    func snapshotOrDamage() throws {
        guard let book, uncertain.isEmpty else { return }
        if circumstances.restores, dice.chance(40) {
            snapshot = (try disk.copy(), book.store, book.messages.count)
            log.note("files copied at \(book.messages.count)")
        }
        // One file only: a second one may take with it what it had to declare for the first.
        let isFirst = books.allSatisfy { !$0.isDamaged || $0 === book }
        if circumstances.damage, isFirst, dice.chance(30), !book.messages.isEmpty { try damageFile(of: book) }
    }

    private func damageFile(of book: StoreBook) throws {
        var files = try disk.copy()
        let name = "outbox.sqlite"
        guard var bytes = files[name].map([UInt8].init), bytes.count > 8 * 4096 else { return }
        book.isDamaged = true
        if dice.chance(30) {
            let size = dice.number(1...(bytes.count / 512 - 1)) * 512
            bytes = Array(bytes.prefix(size))
            log.note("file cut to \(size) bytes")
        } else {
            let page = dice.number(0...(bytes.count / 4096 - 1))
            for index in page * 4096..<(page + 1) * 4096 { bytes[index] = UInt8(truncatingIfNeeded: dice.next()) }
            log.note("page \(page + 1) of \(bytes.count / 4096) overwritten")
        }
        files[name] = Data(bytes)
        try disk.restore(files)
    }

    /// A bit of a packed segment flips.
    func damageSegment() async throws {
        guard outbox != nil, let book else { return }
        disk.mend()
        try await close()
        let position = dice.number(0...100_000)
        let database = try DatabaseQueue(path: path)
        let isDone = try await database.write { database in
            let segments = try Row.fetchAll(database, sql: "SELECT first, bytes FROM segment ORDER BY first")
            guard !segments.isEmpty else { return false }
            let row = segments[position % segments.count]
            var bytes = row[1] as Data
            bytes[position % bytes.count] ^= 1 << UInt8(position % 8)
            try database.execute(
                sql: "UPDATE segment SET bytes = ? WHERE first = ?", arguments: [bytes, row[0] as Int64])
            return true
        }
        try database.close()
        guard isDone else { return }
        book.isDamaged = true
        log.note("a bit of a segment flipped")
    }

    /// Somebody puts back the files as they once were, or starts a second gateway with a copy of them.
    func restore() async throws {
        guard let snapshot, let original = book, snapshot.store == original.store, laidAside == nil, outbox != nil
        else { return }
        disk.mend()
        try await close()
        guard uncertain.isEmpty, unanswered.isEmpty else { return }
        let right = try disk.copy()
        try disk.restore(snapshot.files)
        log.note("files put back as they were at \(snapshot.count)")
        let copy = StoreBook(original.store)
        copy.messages = Array(original.messages.prefix(snapshot.count))
        copy.isDamaged = original.isDamaged
        book = copy
        self.snapshot = nil
        try await open()
        switch try await verdictOfCentral() {
        case .working:
            // Nobody can tell: nothing that the copy does not know has reached the central service.
            log.note("the copy is taken for the original")
            books[books.firstIndex { $0 === original }!] = copy
        case .failing:
            log.note("the copy is refused")
            book = original
            try await close()
            if dice.chance(50) {
                try disk.restore(right)
            } else {
                laidAside = (right, original)
                try disk.restore([:])
                book = nil
                log.note("a new store begins")
            }
        case .untried: throw Violation("the central service said nothing about a copy")
        }
    }

    /// Returns whether the central service takes the store that is open; faults rest meanwhile.
    private func verdictOfCentral() async throws -> Link.Health {
        network.rest(true)
        defer { network.rest(false) }
        for _ in 0..<200 {
            switch uplink?.currentReport.health {
            case .working: return .working
            case .failing(let why) where why.contains("copied"): return .failing(why: why)
            default: break
            }
            if let until = await stepUplink() { time.advance(to: until) }
            if disk.isStopped { throw Violation("the disk stopped unasked") }
        }
        return .untried
    }
}
