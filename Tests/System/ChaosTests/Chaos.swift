import Testing

/// Every test with real faults. What came of them is printed as one table when the last one is through.
@Suite(.chaosTable)
struct Chaos {}

struct ChaosTableTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await function()
        print("HEARTH_CHAOS_SEED=\(Effort.seed)\n\(ChaosTable.all.text)")
    }
}

extension Trait where Self == ChaosTableTrait {
    static var chaosTable: Self { ChaosTableTrait() }
}
