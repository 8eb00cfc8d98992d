import Building
import Outbox
import Uplink

extension Scene {
    /// Every fault is healed; what waits goes up.
    func end() async throws {
        log.note("everything is healed")
        try await restartIfStopped()
        disk.stop(atOperation: 0)
        disk.mend()
        network.heal()
        time.set()
        try await startAndDrain()
        if let aside = laidAside {
            try await close()
            try disk.restore(aside.files)
            log.note("the store that was laid aside is emptied")
            book = aside.book
            try await startAndDrain()
        }
        try await network.deliverLate(all: true)
    }

    private func startAndDrain() async throws {
        for _ in 0..<3 where outbox == nil { try await open() }
        guard let outbox else { throw Violation("the store does not open on a sound disk") }
        // With something new, so that a link that has failed and rests gets to try.
        try take(unanswered + newMessages(), into: outbox)
        guard unanswered.isEmpty else { throw Violation("a sound disk takes no readings") }
        for step in 1...3_000 {
            try settleTimes(of: outbox, isPatient: false)
            if try isDrained(outbox) { break }
            if let until = await stepUplink() { time.advance(to: until) }
            // Losses whose declaration was refused right before are declared again after ten minutes.
            if step.isMultiple(of: 1_000) { time.advance(by: .seconds(600)) }
        }
        guard try isDrained(outbox) else {
            let tally = try outbox.tally()
            throw Violation("does not drain: \(tally.waiting) wait, the link is \(uplink!.currentReport.health)")
        }
        // The last report tells the audit how many there were.
        let reports = network.reports
        time.advance(by: .seconds(31))
        for _ in 0..<50 where network.reports == reports {
            if let until = await stepUplink() { time.advance(to: until) }
        }
        guard network.reports > reports else { throw Violation("no report came") }
        log.note("drained")
    }

    private func isDrained(_ outbox: Outbox) throws -> Bool {
        try outbox.tally().waiting == 0 && outbox.losses().isEmpty && uplink?.currentReport.health == .working
    }
}
