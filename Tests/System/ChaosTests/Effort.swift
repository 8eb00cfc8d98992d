import Foundation
import Rig
import Testing

/// How long the tests with real faults go on.
enum Effort {
    private static let environment = ProcessInfo.processInfo.environment

    private static func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }

    /// A Boolean value that indicates whether more than the short form of `make test` was requested.
    static let isLong = environment["HEARTH_CHAOS_ROUNDS"] != nil
    /// How often each fault is tried; `HEARTH_CHAOS_ROUNDS`, 1 where it is not set.
    static let rounds = max(1, number("HEARTH_CHAOS_ROUNDS") ?? 1)
    /// How often the gateway is killed beneath the recording proxy; `HEARTH_CHAOS_KILLS`, 20 where it is not set.
    static let kills = max(1, number("HEARTH_CHAOS_KILLS") ?? 20)
    /// How often one part after the other is killed.
    static let mixedKills = isLong ? 12 * rounds : 6
    /// How many readings come within 72 hours without a central service; `HEARTH_CHAOS_READINGS`.
    static let offlineReadings = max(1000, number("HEARTH_CHAOS_READINGS") ?? (isLong ? 5_000_000 : 100_000))
    /// A Boolean value that indicates whether the control loop's punctuality is measured, one fault after the other.
    static let controlCyclesAreMeasured = isLong || number("HEARTH_CONTROL_CYCLES") != nil
    /// How many cycles of the control loop are watched under each fault; `HEARTH_CONTROL_CYCLES`.
    static let controlCycles = max(5, number("HEARTH_CONTROL_CYCLES") ?? (isLong ? 60 : 8))
    /// What the dice of this run begin with; `HEARTH_CHAOS_SEED`, another one each time where it is not set.
    static let seed = environment["HEARTH_CHAOS_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999)

    /// - Parameter name: of what is decided, so that faults do not share their luck.
    static func dice(_ name: String) -> SeededRandom {
        SeededRandom(seed: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    /// A Boolean value that indicates whether a TimescaleDB may be started here: where `make test` has one, or if the
    /// long form was requested.
    static let mayStartDatabase = environment["HEARTH_TEST_DATABASE_URL"] != nil || isLong
    static let missing: Comment = "A database server is needed that may be killed: run `make test` or `make chaos`."
}
