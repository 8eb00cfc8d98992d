import ClimateControl
import Foundation
import Glibc
import Logging
import Outbox

/// The control loop's state on disk between two starts.
///
/// The file is JSON whose first member is the checksum of the rest: a set-point that a disk has corrupted must not heat
/// a room. The previous file is kept beside it, in case this one is damaged.
struct SavedControl: Codable, Equatable, Sendable {
    /// The saved state of each room, by slug.
    var rooms: [String: SavedClimate.Room] = [:]
    /// The desired state received from the central service.
    var desiredStates: DesiredStateRecord?

    /// Loads the file at `path`, or the previous one if that is damaged. Returns an empty state if neither can be read,
    /// so that control starts in any case.
    static func load(path: String, logger: Logger) -> SavedControl {
        guard let data = FileManager.default.contents(atPath: path) else { return SavedControl() }
        if let saved = SavedControl(data) { return saved }
        let before = FileManager.default.contents(atPath: earlier(path)).flatMap(SavedControl.init)
        logger.error(
            "the control loop's state is damaged; \(before == nil ? "control starts afresh" : "the previous one is used")",
            metadata: ["path": "\(path)"])
        return before ?? SavedControl()
    }

    /// Writes the file atomically and keeps the previous one.
    func save(path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let members = try encoder.encode(self).dropFirst()
        // A file system without hard links keeps no previous file.
        let link = Self.earlier(path) + ".new"
        unlink(link)
        if Glibc.link(path, link) == 0 { rename(link, Self.earlier(path)) }
        try (Self.head(of: members) + members).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Returns the path of the previous file.
    static func earlier(_ path: String) -> String { path + ".before" }
}

// MARK: Checksum

extension SavedControl {
    private static let headStart = Data(#"{"checksum":""#.utf8)

    /// Returns the text before the first of an object's members; the object must not be empty.
    private static func head(of members: Data) -> Data {
        let value = members.withUnsafeBytes { CRC32C(of: $0).value }
        let digits = String(value, radix: 16)
        return headStart + Data((String(repeating: "0", count: 8 - digits.count) + digits + #"","#).utf8)
    }

    /// Decodes a file; returns `nil` if it is damaged. A file without a checksum is from an earlier version.
    private init?(_ data: Data) {
        if data.starts(with: Self.headStart) {
            let members = data.dropFirst(Self.headStart.count + 10)
            guard data.starts(with: Self.head(of: members)) else { return nil }
        }
        guard let saved = try? JSONDecoder().decode(SavedControl.self, from: data) else { return nil }
        self = saved
    }
}
