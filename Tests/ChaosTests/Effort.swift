import Foundation
import Testing

/// How long the tests with real faults go on.
enum Effort {
    private static let environment = ProcessInfo.processInfo.environment

    /// How often each fault is tried; `HEARTH_CHAOS_ROUNDS`, 1 where it is not set.
    static let rounds = max(1, Int(environment["HEARTH_CHAOS_ROUNDS"] ?? "") ?? 1)
    /// How often the gateway is killed beneath the recording proxy; `HEARTH_CHAOS_KILLS`, 20 where it is not set.
    static let kills = max(1, Int(environment["HEARTH_CHAOS_KILLS"] ?? "") ?? 20)

    /// Whether a TimescaleDB may be started here: where `make test` has one, or the long form is asked for.
    static let mayStartDatabase =
        environment["HEARTH_TEST_DATABASE_URL"] != nil || environment["HEARTH_CHAOS_ROUNDS"] != nil
    static let missing: Comment = "A database server is needed that may be killed: run `make test` or `make chaos`."
}
