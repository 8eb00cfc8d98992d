package import Building
internal import Postgres

/// Why the store could not do what was asked.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// The database is away, busy, full or not migrated yet. Trying again later is right; nothing was changed.
    case unavailable(reason: String)
    /// The connection broke while a commit was under way: it may or may not have happened. Trying again is right
    /// where doing it twice changes nothing.
    case outcomeUnknown(reason: String)
    /// A gateway's store sent from another building before.
    case foreignStore(StoreID)
    /// A gateway's store whose file was copied, or restored from a backup: its numbers would mean two things.
    case forkedStore(StoreID)
    /// A building has as many stores as it may have: no new one is taken.
    case tooManyStores(building: String, limit: Int)
    /// A building begins more new series than it may; `seconds` from now there is room for them again.
    case tooManySeries(building: String, seconds: Int)
    case unknownBuilding(String)
    case unknownRoom(String, building: String)
    /// A conversation that another token began.
    case foreignConversation

    package var description: String {
        switch self {
        case .unavailable(let reason): "The database is not available: \(reason)"
        case .outcomeUnknown(let reason): "The database went away during a commit: \(reason)"
        case .foreignStore(let store): "The store \(store) belongs to another building."
        case .forkedStore(let store): "The file of the store \(store) was copied, or restored from a backup."
        case .tooManyStores(let building, let limit):
            "The building “\(building)” has \(limit) stores: no more are taken."
        case .tooManySeries(let building, let seconds):
            "The building “\(building)” begins too many new series: no more are taken for \(seconds) s."
        case .unknownBuilding(let slug): "There is no building “\(slug)”."
        case .unknownRoom(let slug, let building): "There is no room “\(slug)” in the building “\(building)”."
        case .foreignConversation: "The conversation belongs to another token."
        }
    }

    /// Whether it is the fault of one building, and says nothing about what others ask for at the same time.
    var isOfOneBuilding: Bool {
        switch self {
        case .unavailable, .outcomeUnknown: false
        default: true
        }
    }

    /// The error as callers are to see it: what passes by itself becomes `unavailable`, our own mistakes stay as they
    /// are.
    static func translated(_ error: any Error) -> any Error {
        switch error {
        case let error as PoolError: return StoreError.unavailable(reason: error.description)
        case let error as PostgresError:
            if error.outcomeUnknown { return StoreError.outcomeUnknown(reason: error.message) }
            return passes(error) ? StoreError.unavailable(reason: error.message) : error
        default: return error
        }
    }

    private static func passes(_ error: PostgresError) -> Bool {
        if error.isConnectionFailure || error.isSerializationFailure { return true }
        switch error.sqlState {
        // Not migrated yet, a standby, a statement that took too long or waited too long for a lock, no such database,
        // wrong credentials: all are put right outside of us.
        case "42P01", "25006", "57014", "55P03", "3D000", "28P01", "28000": return true
        default:
            // No room for more (disk, memory, connections), and failures of the disk.
            return ["53", "58"].contains(error.sqlStateClass)
        }
    }
}
