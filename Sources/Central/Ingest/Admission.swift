internal import Synchronization

/// Admits as many gateway messages, and as many bytes of them, as there is room for, so that memory stays bounded. No
/// building gets more than its share, so that one gateway never blocks the others.
///
/// Bytes count as they arrive, not as announced.
final class Admission: Sendable {
    private struct Taken {
        var places = 0
        var bytes = 0
    }

    private struct State {
        var all = Taken()
        var byBuilding: [Int: Taken] = [:]
    }

    /// The limits in total and per building.
    struct Limits: Sendable {
        /// The largest number of simultaneous messages.
        var places: Int
        /// The largest number of simultaneous messages of one building.
        var placesPerBuilding: Int
        /// The memory for all of them, in bytes. A single message may exceed it, because it could never be accepted
        /// otherwise.
        var bytes: Int
        /// The memory for the messages of one building, in bytes.
        var bytesPerBuilding: Int
    }

    /// The limit that a message exceeds.
    enum Refusal: String, Error, CaseIterable {
        case places
        case memory
        case placesOfBuilding = "building_places"
        case memoryOfBuilding = "building_memory"
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) { self.limits = limits }

    /// Runs `body` if there is room for a message.
    ///
    /// - Parameters:
    ///   - building: The id of the sender's building.
    ///   - body: Processes the message, and adjusts the memory it holds.
    /// - Throws: `Refusal`, or the error of `body`.
    func whileAdmitted<Value>(
        building: Int, _ body: (Ticket) async throws -> Value
    ) async throws -> Value {
        let refusal: Refusal? = state.withLock { state in
            guard state.all.places < limits.places else { return .places }
            guard state.byBuilding[building, default: Taken()].places < limits.placesPerBuilding else {
                return .placesOfBuilding
            }
            state.all.places += 1
            state.byBuilding[building, default: Taken()].places += 1
            return nil
        }
        if let refusal { throw refusal }
        let ticket = Ticket(self, building: building)
        defer { leave(ticket) }
        return try await body(ticket)
    }

    private func leave(_ ticket: Ticket) {
        state.withLock { state in
            let held = ticket.held
            state.all.places -= 1
            state.all.bytes -= held
            var own = state.byBuilding[ticket.building, default: Taken()]
            own.places -= 1
            own.bytes -= held
            state.byBuilding[ticket.building] = own.places > 0 ? own : nil
        }
    }

    /// The memory held by one message.
    final class Ticket: Sendable {
        fileprivate let building: Int
        private let admission: Admission
        private let bytes = Atomic(0)

        fileprivate init(_ admission: Admission, building: Int) {
            self.admission = admission
            self.building = building
        }

        fileprivate var held: Int { bytes.load(ordering: .relaxed) }

        /// Replaces the held amount with another.
        ///
        /// - Throws: `Refusal` if there is no room; the amount is then unchanged. A smaller or equal amount is always
        ///   granted.
        func hold(_ wanted: Int) throws(Refusal) {
            let refusal: Refusal? = admission.state.withLock { state in
                let own = state.byBuilding[building, default: Taken()]
                let (others, othersOfBuilding) = (state.all.bytes - held, own.bytes - held)
                if wanted > held {
                    let limits = admission.limits
                    guard othersOfBuilding == 0 || othersOfBuilding + wanted <= limits.bytesPerBuilding else {
                        return .memoryOfBuilding
                    }
                    guard others == 0 || others + wanted <= limits.bytes else { return .memory }
                }
                state.all.bytes = others + wanted
                state.byBuilding[building, default: Taken()].bytes = othersOfBuilding + wanted
                bytes.store(wanted, ordering: .relaxed)
                return nil
            }
            if let refusal { throw refusal }
        }
    }
}
