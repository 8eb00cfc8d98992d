internal import Synchronization

/// Lets in as many as there are places, so that memory stays bounded whatever arrives.
final class Admission: Sendable {
    private let places: Int
    private let taken = Mutex(0)

    init(places: Int) { self.places = places }

    /// Runs `body` where a place is free; `nil` where none is.
    func whileAdmitted<Value>(_ body: () async throws -> Value) async rethrows -> Value? {
        let admitted = taken.withLock { taken in
            guard taken < places else { return false }
            taken += 1
            return true
        }
        guard admitted else { return nil }
        defer { taken.withLock { $0 -= 1 } }
        return try await body()
    }
}
