import Foundation
import Rig

/// What a failing disk does to a buffer's file while nobody has it open.
enum StoreDamage: CaseIterable, Sendable {
    case truncated
    case bitFlipped
    case bitFlippedInLog

    var name: String {
        switch self {
        case .truncated: "file truncated"
        case .bitFlipped: "bit flipped in file"
        case .bitFlippedInLog: "bit flipped in log"
        }
    }

    private static let pageSize: UInt64 = 4096

    /// - Returns: what was done, for people.
    func strike(_ path: String, _ dice: inout Dice) throws -> String {
        let path = self == .bitFlippedInLog ? path + "-wal" : path
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let size = try file.seekToEnd()
        guard size > 0 else { throw ManagedProcess.DidNotHappen(description: "\(path) is empty") }
        switch self {
        case .truncated:
            let pages = UInt64.random(in: 0..<max(1, size / Self.pageSize), using: &dice)
            try file.truncate(atOffset: pages * Self.pageSize)
            return "\(pages) of \(size / Self.pageSize) pages left"
        case .bitFlipped, .bitFlippedInLog:
            let place = UInt64.random(in: 0..<size, using: &dice)
            let bit = UInt8.random(in: 0..<8, using: &dice)
            try file.seek(toOffset: place)
            guard let byte = try file.read(upToCount: 1)?.first else { return "nothing" }
            try file.seek(toOffset: place)
            try file.write(contentsOf: [byte ^ 1 << bit])
            return "bit \(bit) of byte \(place) of \(size)"
        }
    }
}
