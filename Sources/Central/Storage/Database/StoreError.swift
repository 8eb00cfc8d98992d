package import Building
internal import Postgres

/// The reason the store could not carry out a request.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// The database is down, busy, full or not migrated yet. Nothing was changed; the caller should try again later.
    case unavailable(reason: String)
    /// The connection broke during a commit, which may or may not have happened. The caller should try again if doing
    /// it twice changes nothing.
    case outcomeUnknown(reason: String)
    /// A gateway's store that belongs to another building.
    case foreignStore(StoreID)
    /// A gateway's store whose file was copied, or restored from a backup: its numbers would have two meanings.
    case forkedStore(StoreID)
    /// The building has its full number of stores: no new one is accepted.
    case tooManyStores(building: String, limit: Int)
    /// The building creates new series too fast; in `seconds` there is room for them.
    case tooManySeries(building: String, seconds: Int)
    case unknownBuilding(String)
    case unknownRoom(String, building: String)
    /// A conversation that another token began.
    case foreignConversation

    /// The reason, for the log.
    package var description: String {
        switch self {
        case .unavailable(let reason): "The database is not available: \(reason)"
        case .outcomeUnknown(let reason): "The database connection was lost during a commit: \(reason)"
        case .foreignStore(let store): "The store \(store) belongs to another building."
        case .forkedStore(let store): "The file of the store \(store) was copied or restored from a backup."
        case .tooManyStores(let building, let limit):
            "The building “\(building)” has reached its limit of \(limit) stores."
        case .tooManySeries(let building, let seconds):
            "The building “\(building)” has reached its hourly limit of new series; retry in \(seconds) s."
        case .unknownBuilding(let slug): "There is no building “\(slug)”."
        case .unknownRoom(let slug, let building): "There is no room “\(slug)” in the building “\(building)”."
        case .foreignConversation: "The conversation belongs to another token."
        }
    }

    /// A Boolean value that indicates whether the error concerns only one building, and not the requests of others that
    /// were stored with it.
    var isOfOneBuilding: Bool {
        switch self {
        case .unavailable, .outcomeUnknown: false
        default: true
        }
    }

    /// Returns the error for callers: a temporary failure becomes `unavailable`, our own mistakes stay as they are.
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
        // Not migrated yet, a standby, a statement or lock timeout, no such database, wrong credentials: all can be put
        // right without changing this program.
        case "42P01", "25006", "57014", "55P03", "3D000", "28P01", "28000": return true
        default:
            // No more disk space, memory or connections, and disk failures.
            return ["53", "58"].contains(error.sqlStateClass)
        }
    }
}
