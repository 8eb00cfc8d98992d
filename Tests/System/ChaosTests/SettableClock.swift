import Foundation
import Rig

/// A calendar clock for one program, set while the program runs. Its other clocks, by which elapsed time is told, go on
/// as they are.
struct SettableClock {
    private let folder = TemporaryFolder()

    init() async throws {
        let library = folder.file("settable_clock.so")
        // Where there is Swift, there is clang.
        let result = try await ManagedProcess.run(
            "clang",
            [
                "-O1", "-shared", "-fPIC", "-Wall", "-o", library,
                Checkout.file("Tests/Support/SettableClock/settable_clock.c"),
            ])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        try set(offset: 0)
    }

    /// For the program whose clock it is.
    var environment: [String: String] {
        ["LD_PRELOAD": folder.file("settable_clock.so"), "SETTABLE_CLOCK": folder.file("offset")]
    }

    /// - Parameter seconds: how far it is from the right time.
    func set(offset seconds: Int) throws {
        let bytes = withUnsafeBytes(of: Int64(seconds)) { Data($0) }
        // The file is mapped: its bytes are changed in place.
        if let file = FileHandle(forUpdatingAtPath: folder.file("offset")) {
            defer { try? file.close() }
            try file.write(contentsOf: bytes)
        } else {
            try bytes.write(to: URL(fileURLWithPath: folder.file("offset")))
        }
    }
}
