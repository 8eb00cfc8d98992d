import Building
import WireFormat

/// What the central service wished, and what became of it, as it lies on disk.
struct WishBook: Codable, Equatable, Sendable {
    /// A wish that was taken.
    struct Entry: Codable, Equatable, Sendable {
        enum Fate: String, Codable, Sendable {
            /// It was put into force.
            case applied
            /// Somebody took it back, and so did we.
            case withdrawn
            /// The room is not under control.
            case unknown
            /// Somebody in the building had set something later.
            case late
            /// Its time was over when it came.
            case over
        }

        var wish: WishMessage
        var fate: Fate
        /// What was put into force, °C.
        var celsius: Double?
    }

    /// Every wish up to this one was taken.
    var version: Int64 = 0
    /// By the rooms' slugs.
    var rooms: [String: Entry] = [:]
    /// By the devices' ids.
    var storage: [String: WishMessage] = [:]
}

extension WishMessage {
    /// What a battery or car is to do; `nil` where nobody wishes for anything any more.
    var command: StorageCommand? {
        guard let mode = mode.flatMap(StorageMode.init(rawValue:)) else { return nil }
        let watts = watts ?? 0
        return StorageCommand(mode: mode, watts: watts.isFinite && watts > 0 && mode != .idle ? watts : 0)
    }
}
