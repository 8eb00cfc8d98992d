import Foundation
import Rig

/// A file system of a few megabytes that can be filled up. Needs root.
final class SmallDisk: Sendable {
    private let folder = TemporaryFolder()

    init(megabytes: Int) async throws {
        let options = "size=\(megabytes)m,mode=700"
        let result = try await ManagedProcess.run("mount", ["-t", "tmpfs", "-o", options, "hearth-test", folder.path])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
    }

    func file(_ name: String) -> String { folder.file(name) }

    /// Writes until not a byte more fits.
    func fill() throws {
        guard FileManager.default.createFile(atPath: file("ballast"), contents: nil),
            let ballast = FileHandle(forWritingAtPath: file("ballast"))
        else { throw ManagedProcess.DidNotHappen(description: "no ballast in \(folder.path)") }
        defer { try? ballast.close() }
        for size in [1 << 16, 1 << 12, 1] {
            while (try? ballast.write(contentsOf: Data(count: size))) != nil {}
        }
    }

    /// Gives the space back.
    func free() { try? FileManager.default.removeItem(atPath: file("ballast")) }

    /// It goes when nobody uses it any more: a process that another test started at the moment of `fill` may have its
    /// files open without knowing it.
    func unmount() async throws {
        let result = try await ManagedProcess.run("umount", ["--lazy", folder.path])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
    }
}
