internal import Synchronization

/// A cache of room snapshots. A snapshot is returned only for the room's current revision in the database, so that it
/// is never stale.
final class SnapshotCache: Sendable {
    private struct Copy {
        let revision: String
        let snapshot: RoomSnapshot
    }

    private let copies = Mutex<[Int: Copy]>([:])
    private let most: Int

    /// Creates a cache.
    ///
    /// - Parameter most: The largest number of rooms, of about 3 kB each.
    init(most: Int = 5_000) { self.most = most }

    /// Returns those of the rooms that have a cached snapshot.
    func known(among rooms: [Int]) -> [Int] {
        copies.withLock { copies in rooms.filter { copies[$0] != nil } }
    }

    /// Returns the cached snapshot.
    ///
    /// - Parameter revision: The room's current revision.
    /// - Returns: `nil` if there is none of this revision.
    func snapshot(ofRoom room: Int, at revision: String) -> RoomSnapshot? {
        copies.withLock { $0[room].flatMap { $0.revision == revision ? $0.snapshot : nil } }
    }

    /// Stores a snapshot.
    ///
    /// - Parameter revision: The revision at the moment of the snapshot.
    func keep(_ snapshot: RoomSnapshot, at revision: String) {
        copies.withLock { copies in
            if copies[snapshot.room] == nil, copies.count >= most { copies.remove(at: copies.startIndex) }
            copies[snapshot.room] = Copy(revision: revision, snapshot: snapshot)
        }
    }
}
