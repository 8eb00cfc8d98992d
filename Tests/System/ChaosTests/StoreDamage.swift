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
    func strike(_ path: String, _ dice: inout SeededRandom) throws -> String {
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

/// What a failing disk does to a buffer's file while a gateway has it open.
enum DamageInUse: CaseIterable, Sendable {
    case overwritten
    case truncated
    case logOverwritten
    case bitsFlipped

    var name: String {
        switch self {
        case .overwritten: "pages overwritten in use"
        case .truncated: "file truncated in use"
        case .logOverwritten: "log overwritten in use"
        case .bitsFlipped: "bits flipped in use"
        }
    }

    private static let pageSize: UInt64 = 4096
    /// Of a megabyte or so: few enough that SQLite's own structure often stays whole.
    private static let flippedBits = 20

    /// - Returns: what was done, for people.
    func strike(_ path: String, _ dice: inout SeededRandom) throws -> String {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: self == .logOverwritten ? path + "-wal" : path))
        defer { try? file.close() }
        let pages = try file.seekToEnd() / Self.pageSize
        guard pages > 1 else { return "nothing" }
        if self == .truncated {
            let left = UInt64.random(in: 0..<pages, using: &dice)
            try file.truncate(atOffset: left * Self.pageSize)
            return "\(left) of \(pages) pages left"
        }
        if self == .bitsFlipped {
            for _ in 0..<Self.flippedBits {
                let place = UInt64.random(in: Self.pageSize..<pages * Self.pageSize, using: &dice)
                try file.seek(toOffset: place)
                guard let byte = try file.read(upToCount: 1)?.first else { continue }
                try file.seek(toOffset: place)
                try file.write(contentsOf: [byte ^ 1 << UInt8.random(in: 0..<8, using: &dice)])
            }
            return "\(Self.flippedBits) bits in \(pages) pages"
        }
        let first = UInt64.random(in: 0..<pages, using: &dice)
        let count = UInt64.random(in: 1...pages - first, using: &dice)
        try file.seek(toOffset: first * Self.pageSize)
        try file.write(
            contentsOf: Data((0..<count * Self.pageSize).map { _ in UInt8.random(in: 0...255, using: &dice) }))
        return "\(count) of \(pages) pages from \(first) on"
    }
}
