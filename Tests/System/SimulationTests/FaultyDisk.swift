import CFaultyDisk
import Foundation

/// A folder on a disk that fails as disks do; see `CFaultyDisk.h`.
///
/// `@unchecked Sendable`: the C part guards its state with a lock of its own.
final class FaultyDisk: @unchecked Sendable {
    let folder: String
    private let disk: OpaquePointer

    init(seed: UInt64) throws {
        folder = FileManager.default.temporaryDirectory.path + "/hearth-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard let disk = hearth_disk_attach(folder, seed) else { throw Violation("SQLite takes no other VFS") }
        self.disk = disk
    }

    deinit {
        hearth_disk_detach(disk)
        try? FileManager.default.removeItem(atPath: folder)
    }

    enum Fault: CaseIterable {
        case full, writeErrors, syncErrors

        fileprivate var code: hearth_disk_fault {
            switch self {
            case .full: HEARTH_DISK_FULL
            case .writeErrors: HEARTH_DISK_WRITE_ERRORS
            case .syncErrors: HEARTH_DISK_SYNC_ERRORS
            }
        }
    }

    /// - Parameter operations: how many fail; `nil`: until it is mended.
    func fail(_ fault: Fault, operations: Int?) { hearth_disk_break(disk, fault.code, Int64(operations ?? -1)) }

    func mend() { hearth_disk_break(disk, HEARTH_DISK_SOUND, 0) }

    func lieAboutSyncs() { hearth_disk_lie_about_syncs(disk) }

    /// Everything stops at the `operation`th write, sync, truncation, creation or deletion from now; 0: it does not.
    func stop(atOperation operation: Int) { hearth_disk_stop_at(disk, Int64(operation)) }

    func stop() { hearth_disk_stop(disk) }

    var isStopped: Bool { hearth_disk_is_stopped(disk) != 0 }

    /// How many times the disk wrote, synced, truncated, created or deleted.
    var operations: Int { Int(hearth_disk_operations(disk)) }

    enum Stop { case kill, powerCut }

    /// - Throws: where a file is still open.
    func restart(after stop: Stop) throws {
        let open = hearth_disk_restart(disk, stop == .powerCut ? 1 : 0)
        guard open == 0 else { throw Violation("\(open) files of a process that has ended are still open") }
    }

    // MARK: Whole files, while nobody has them open

    typealias Copy = [String: Data]

    /// Everything in the folder.
    func copy() throws -> Copy {
        var copy: Copy = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix("-shm") {
            copy[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }
        return copy
    }

    /// Puts a copy in the place of everything in the folder.
    func restore(_ copy: Copy) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        for (name, bytes) in copy { try bytes.write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }
}

/// The rule is broken, or the scene itself does not hold together.
struct Violation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
