internal import Synchronization

/// Lets in as many batches, and as many bytes of them, as there is room for, so that memory stays bounded whatever
/// arrives.
final class Admission: Sendable {
    private struct Taken {
        var places = 0
        var bytes = 0
    }

    private let places: Int
    private let bytes: Int
    private let taken = Mutex(Taken())

    /// - Parameters:
    ///   - places: batches at the same time.
    ///   - bytes: of memory for all of them. One that is alone may have more, or it could never be taken.
    init(places: Int, bytes: Int) {
        self.places = places
        self.bytes = bytes
    }

    /// Runs `body` where there is room; `nil` where there is none.
    ///
    /// - Parameter bytes: to begin with; `body` says when it becomes more or less.
    func whileAdmitted<Value>(
        bytes: Int, _ body: (Ticket) async throws -> Value
    ) async rethrows -> Value? {
        let admitted = taken.withLock { taken in
            guard taken.places < places, taken.bytes == 0 || taken.bytes + bytes <= self.bytes else { return false }
            taken.places += 1
            taken.bytes += bytes
            return true
        }
        guard admitted else { return nil }
        let ticket = Ticket(self, holding: bytes)
        defer {
            taken.withLock { taken in
                taken.places -= 1
                taken.bytes -= ticket.held
            }
        }
        return try await body(ticket)
    }

    /// One batch's share of the memory.
    final class Ticket: Sendable {
        private let admission: Admission
        private let bytes: Atomic<Int>

        fileprivate init(_ admission: Admission, holding bytes: Int) {
            self.admission = admission
            self.bytes = Atomic(bytes)
        }

        fileprivate var held: Int { bytes.load(ordering: .relaxed) }

        /// Asks for another share instead of the present one.
        ///
        /// - Returns: whether there is room; where not, the present share stays.
        func hold(_ wanted: Int) -> Bool {
            admission.taken.withLock { taken in
                let others = taken.bytes - held
                guard wanted <= held || others == 0 || others + wanted <= admission.bytes else { return false }
                taken.bytes = others + wanted
                bytes.store(wanted, ordering: .relaxed)
                return true
            }
        }
    }
}
