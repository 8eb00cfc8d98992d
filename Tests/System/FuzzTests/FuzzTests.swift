import Foundation
import Rig
import Testing

/// The readers of what comes from outside, over inputs that are almost right. `make fuzz` does it for longer.
@Suite struct FuzzTests {
    private static let inputs = ProcessInfo.processInfo.environment["HEARTH_FUZZ_INPUTS"].flatMap { Int($0) } ?? 2000
    private static let seed = ProcessInfo.processInfo.environment["HEARTH_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

    @Test func `readers neither trap, nor hang, nor keep what they read`() async throws {
        let result = try await ManagedProcess.run(
            Executables.path("hearth-fuzz"), ["--inputs", "\(Self.inputs)", "--seed", "\(Self.seed)"],
            within: .seconds(3600))
        print(result.output)
        #expect(result.status == 0, "\(result.output)")
    }
}
