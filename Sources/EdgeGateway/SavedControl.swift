import ClimateControl
import Foundation

/// The control loop's memory, as it lies on disk between two starts.
struct SavedControl: Codable, Equatable, Sendable {
    var rooms: [String: SavedClimate.Room] = [:]
    /// What the central service wished.
    var wishes: WishBook?

    /// What lies at `path`; nothing where it can't be read: control starts all the same.
    static func load(path: String) -> SavedControl {
        guard let data = FileManager.default.contents(atPath: path),
            let saved = try? JSONDecoder().decode(SavedControl.self, from: data)
        else { return SavedControl() }
        return saved
    }

    func save(path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
