internal import Synchronization

/// Lets in as many messages of gateways, and as many bytes of them, as there is room for, so that memory stays bounded
/// whatever arrives; and gives no building more than its share, so that one gateway never closes the door for others.
///
/// Bytes count as they come, not as they are announced.
final class Admission: Sendable {
    private struct Taken {
        var places = 0
        var bytes = 0
    }

    private struct State {
        var all = Taken()
        var byBuilding: [Int: Taken] = [:]
    }

    /// What may be taken, in all and by one building.
    struct Limits: Sendable {
        /// Messages at the same time.
        var places: Int
        var placesPerBuilding: Int
        /// Bytes of memory for all of them. One that is alone may have more, or it could never be taken.
        var bytes: Int
        /// The same for those of one building.
        var bytesPerBuilding: Int
    }

    /// What there is no room in.
    enum Refusal: String, Error, CaseIterable {
        case places
        case memory
        case placesOfBuilding = "building_places"
        case memoryOfBuilding = "building_memory"
    }

    private let limits: Limits
    private let state = Mutex(State())

    init(_ limits: Limits) { self.limits = limits }

    /// Runs `body` if there is a place.
    ///
    /// - Parameters:
    ///   - building: whose gateway sends the message.
    ///   - body: says how many bytes it holds, as that changes.
    /// - Throws: `Refusal`; what `body` throws.
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

    /// One message's share of the memory.
    final class Ticket: Sendable {
        fileprivate let building: Int
        private let admission: Admission
        private let bytes = Atomic(0)

        fileprivate init(_ admission: Admission, building: Int) {
            self.admission = admission
            self.building = building
        }

        fileprivate var held: Int { bytes.load(ordering: .relaxed) }

        /// Asks for another share instead of the present one.
        ///
        /// - Throws: `Refusal`; the present share stays then. One that is not larger is always granted.
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
