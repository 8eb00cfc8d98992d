internal import Synchronization

/// What rooms' devices said last, as it was read. A copy is given only for the revision that the database says is the
/// room's now, so that nobody gets what is over.
final class SnapshotCache: Sendable {
    private struct Copy {
        let revision: String
        let snapshot: RoomSnapshot
    }

    private let copies = Mutex<[Int: Copy]>([:])
    private let most: Int

    /// - Parameter most: rooms at most, of some 3 kB each.
    init(most: Int = 5_000) { self.most = most }

    /// Those of the rooms of which there is a copy.
    func known(among rooms: [Int]) -> [Int] {
        copies.withLock { copies in rooms.filter { copies[$0] != nil } }
    }

    /// - Parameter revision: the room's now.
    func snapshot(ofRoom room: Int, at revision: String) -> RoomSnapshot? {
        copies.withLock { $0[room].flatMap { $0.revision == revision ? $0.snapshot : nil } }
    }

    /// - Parameter revision: of the same moment as the snapshot.
    func keep(_ snapshot: RoomSnapshot, at revision: String) {
        copies.withLock { copies in
            if copies[snapshot.room] == nil, copies.count >= most { copies.remove(at: copies.startIndex) }
            copies[snapshot.room] = Copy(revision: revision, snapshot: snapshot)
        }
    }
}
