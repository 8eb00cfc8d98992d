import ClimateControl
import Foundation
import Glibc
import Logging
import Outbox

/// The control loop's memory, as it lies on disk between two starts.
///
/// The file is JSON whose first member is the checksum of all that follows: what a disk made of a set-point is not to
/// heat a room. The file before it is kept beside it, for when it is damaged.
struct SavedControl: Codable, Equatable, Sendable {
    var rooms: [String: SavedClimate.Room] = [:]
    /// What the central service wished.
    var desiredStates: DesiredStateRecord?

    /// What lies at `path`, or lay there before where that is damaged; nothing where neither can be read: control starts
    /// all the same.
    static func load(path: String, logger: Logger) -> SavedControl {
        guard let data = FileManager.default.contents(atPath: path) else { return SavedControl() }
        if let saved = SavedControl(data) { return saved }
        let before = FileManager.default.contents(atPath: earlier(path)).flatMap(SavedControl.init)
        logger.error(
            "the control loop's state is damaged; \(before == nil ? "control begins anew" : "the one before it is used")",
            metadata: ["path": "\(path)"])
        return before ?? SavedControl()
    }

    func save(path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let members = try encoder.encode(self).dropFirst()
        // Without a file system that links, there is no earlier one.
        let link = Self.earlier(path) + ".new"
        unlink(link)
        if Glibc.link(path, link) == 0 { rename(link, Self.earlier(path)) }
        try (Self.head(of: members) + members).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    static func earlier(_ path: String) -> String { path + ".before" }
}

// MARK: Checksum

extension SavedControl {
    private static let headStart = Data(#"{"checksum":""#.utf8)

    /// What comes before the members of an object that is not empty.
    private static func head(of members: Data) -> Data {
        let value = members.withUnsafeBytes { CRC32C(of: $0).value }
        let digits = String(value, radix: 16)
        return headStart + Data((String(repeating: "0", count: 8 - digits.count) + digits + #"","#).utf8)
    }

    /// `nil` if it is damaged. A file without a checksum is one of an earlier version.
    private init?(_ data: Data) {
        if data.starts(with: Self.headStart) {
            let members = data.dropFirst(Self.headStart.count + 10)
            guard data.starts(with: Self.head(of: members)) else { return nil }
        }
        guard let saved = try? JSONDecoder().decode(SavedControl.self, from: data) else { return nil }
        self = saved
    }
}
