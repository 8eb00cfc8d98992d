package import APISupport
internal import Hummingbird
package import Storage

/// The routes by which clients read buildings, floors, rooms and their readings.
///
/// Operators see everything. A guest sees its own room, and in the lists only the building and floor of that room. All
/// else answers as if it did not exist.
package struct RestAPI: Sendable {
    let store: CentralStore

    /// Creates the routes on `store`.
    package init(store: CentralStore) { self.store = store }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        let readers: Set<Role> = [.guest, .operator]
        book.add(.get, "/hotels", for: readers, hotels)
        book.add(.get, "/hotels/:hotel/floors", for: readers, floors)
        book.add(.get, "/floors/:floor/rooms", for: readers, rooms)
        book.add(.get, "/rooms/:room/data", for: readers, roomData)
        book.add(.get, "/rooms/:room/data/iaq", for: readers, airQuality)
        book.add(.get, "/rooms/:room/data/life_being", for: readers, presence)
        book.add(.get, "/rooms/:room/history", for: readers, history)
        book.add(.get, "/hotels/:hotel/energy_summary", for: readers, energySummary)
        book.add(.post, "/temperature", for: [.gateway, .operator], takeTemperature)
        book.add(.get, "/temperature", for: readers, temperature)
    }
}
