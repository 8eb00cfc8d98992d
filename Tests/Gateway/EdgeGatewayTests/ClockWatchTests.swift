import EdgeGateway
import Logging
import Outbox
import Testing

@Suite struct ClockWatchTests {
    static let hour: Int64 = 3_600_000

    static func watch(_ time: SettableClock) -> ClockWatch {
        ClockWatch(clock: time.clock, patience: .seconds(900), logger: Logger(label: "test"))
    }

    @Test func `counts each step of the calendar once`() {
        let time = SettableClock(SettableClock.present)
        let watch = Self.watch(time)
        for (step, count) in [(-Self.hour, 1), (Self.hour, 2), (Self.hour, 3), (-2_001, 4)] {
            time.advance(1_000)
            time.step(step)
            for _ in 0..<3 { _ = watch.look() }
            #expect(watch.steps == count)
        }
    }

    @Test func `counts no corrections, however many`() {
        let time = SettableClock(SettableClock.present)
        let watch = Self.watch(time)
        for _ in 0..<100 {
            time.advance(1_000)
            time.step(500)
            _ = watch.look()
        }
        #expect(watch.steps == 0)
    }

    @Test func `trusts a calendar that nobody ever set by a time server`() {
        let watch = Self.watch(SettableClock(SettableClock.present))
        guard case .set = watch.look() else { return #expect(Bool(false), "the clock is not trusted") }
    }

    @Test func `has patience from the start, by a clock that does not jump`() {
        let time = SettableClock(SettableClock.beginning)
        let watch = Self.watch(time)
        time.advance(899_000)
        time.step(500 * Self.hour)
        #expect(watch.look() == .unset(hasPatience: true))
        time.advance(1_000)
        #expect(watch.look() == .unset(hasPatience: false))
        time.set(SettableClock.present)
        guard case .set(let offset) = watch.look() else { return #expect(Bool(false), "the clock is not trusted") }
        #expect(offset.milliseconds == SettableClock.present - 930_000)
    }

    @Test func `has patience anew when the calendar falls back to 1970`() {
        let time = SettableClock(SettableClock.present)
        let watch = Self.watch(time)
        time.advance(48 * Self.hour)
        _ = watch.look()
        time.set(0)
        #expect(watch.look() == .unset(hasPatience: true))
        #expect(watch.steps == 1)
        time.advance(900_000)
        #expect(watch.look() == .unset(hasPatience: false))
        time.set(SettableClock.present + 49 * Self.hour)
        _ = watch.look()
        #expect(watch.steps == 2)
    }
}
