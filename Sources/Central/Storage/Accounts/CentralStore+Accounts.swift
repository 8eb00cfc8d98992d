package import Building
package import Foundation
internal import Postgres

extension CentralStore {
    /// A gateway has opened its store and is about to send from it.
    ///
    /// - Parameters:
    ///   - openingHistory: the openings since the last one that was acknowledged, that one first, the present one last.
    ///     Must not be empty.
    ///   - nextNumber: the number that the store's next reading gets.
    /// - Throws: `StoreError.forkedStore` where the known opening is not among them, or numbers from `nextNumber` on
    ///   were given before; `foreignStore`; `unavailable`, `outcomeUnknown`. May be called again.
    package func acknowledge(
        _ store: StoreID, openingHistory: [UUID], nextNumber: Int64, building: BuildingReference
    ) async throws {
        let shares = shares
        try await transaction { connection in
            let entry = try Ledger.lock(store, building: building, shares: shares, on: connection)
            if let known = entry.incarnation, !openingHistory.contains(known) { throw StoreError.forkedStore(store) }
            guard nextNumber > entry.highest else { throw StoreError.forkedStore(store) }
            try connection.query(
                "UPDATE gateway_store SET incarnation = $2, last_seen = now() WHERE store_id = $1",
                [.uuid(store.uuid), .uuid(openingHistory.last)])
        }
    }

    /// A gateway had to give readings up. What is held all the same is not lost, now and later. An open loss ends with
    /// the numbers that are known here: held, lost or reported.
    ///
    /// - Parameters:
    ///   - store: the gateway's, or an earlier one of the same building.
    ///   - incarnation: the present opening of the declaring gateway's own store; `nil` where it does not say.
    /// - Throws: `StoreError.forkedStore` where `incarnation` is that of no store of the building; `foreignStore`;
    ///   `unavailable`, `outcomeUnknown`. May be called again.
    package func declareLost(
        _ losses: [DeclaredLoss], of store: StoreID, incarnation: UUID?, building: BuildingReference
    ) async throws {
        let shares = shares
        try await transaction { connection in
            let entry = try Ledger.lock(store, building: building, shares: shares, on: connection)
            // A file that was damaged cannot speak for itself any more: its successor in the building does.
            if let incarnation, let known = entry.incarnation, incarnation != known {
                let successors = try connection.query(
                    "SELECT FROM gateway_store WHERE incarnation = $1 AND hotel_id = $2 AND store_id <> $3",
                    [.uuid(incarnation), .int(building.id), .uuid(store.uuid)])
                guard !successors.isEmpty else { throw StoreError.forkedStore(store) }
            }
            let given = losses.filter { !$0.isOpen }.map { $0.numbers.upperBound - 1 }.max() ?? 0
            let known = 1..<max(entry.highest, given) + 1
            for reason in DeclaredLoss.Reason.allCases {
                let ranges = losses.filter { $0.reason == reason }.map { $0.numbers.clamped(to: known) }
                    .filter { !$0.isEmpty }
                guard !ranges.isEmpty else { continue }
                try connection.query(
                    """
                    INSERT INTO declared_loss (store_id, reason, numbers)
                    SELECT $1, $2, fresh.numbers - coalesce((
                        SELECT range_agg(part) FROM declared_loss AS other, unnest(other.numbers) AS part
                        WHERE other.store_id = $1 AND other.reason <> $2), '{}')
                    FROM (
                        SELECT range_agg(int8range(first, past)) AS numbers
                        FROM unnest($3::bigint[], $4::bigint[]) AS given (first, past)
                    ) AS fresh
                    ON CONFLICT (store_id, reason) DO UPDATE
                    SET numbers = declared_loss.numbers + excluded.numbers, declared_at = excluded.declared_at
                    """,
                    [
                        .uuid(store.uuid), .text(reason.rawValue), .bigints(ranges.map(\.lowerBound)),
                        .bigints(ranges.map(\.upperBound)),
                    ])
            }
            try connection.query(
                "UPDATE gateway_store SET last_seen = now() WHERE store_id = $1", [.uuid(store.uuid)])
        }
    }

    /// A gateway says what its store holds. An older report that comes after a newer one changes nothing.
    ///
    /// - Throws: `StoreError.forkedStore`, `foreignStore`; `unavailable`, `outcomeUnknown`. May be called again.
    package func note(
        _ report: GatewayReport, of store: StoreID, incarnation: UUID?, building: BuildingReference
    ) async throws {
        let shares = shares
        try await transaction { connection in
            try Ledger.lock(store, building: building, shares: shares, on: connection)
                .require(incarnation, of: store)
            // What was numbered after the gateway counted is the next report's.
            try connection.query(
                """
                UPDATE gateway_store
                SET numbered = $2, waiting = coalesce((
                        SELECT range_agg(int8range(first, past))
                        FROM unnest($3::bigint[], $4::bigint[]) AS given (first, past)), '{}')
                        * int8multirange(int8range(1, $2 + 1)),
                    rejected = $5, broker_dropped = $6, redelivered = $7, reported_at = now(), last_seen = now()
                WHERE store_id = $1 AND (numbered IS NULL OR numbered <= $2)
                """,
                [
                    .uuid(store.uuid), .bigint(report.numbered), .bigints(report.waiting.map(\.lowerBound)),
                    .bigints(report.waiting.map(\.upperBound)), .json(report.rejectedJSON),
                    .bigint(report.brokerDropped), .bigint(report.redelivered),
                ])
        }
    }
}

/// Numbers that a gateway gave up.
package struct DeclaredLoss: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The gateway's buffer had reached its cap.
        case bufferFull = "buffer_full"
        /// The file was damaged.
        case corrupt
        /// Somebody gave the readings up.
        case `operator`
    }

    /// Not empty, from 1 on; up to `Int64.max` where the gateway does not know how many there were.
    package var numbers: Range<Int64>
    package var reason: Reason

    package var isOpen: Bool { numbers.upperBound == .max }

    package init(numbers: Range<Int64>, reason: Reason) {
        self.numbers = numbers
        self.reason = reason
    }
}

/// What a gateway says that its store holds.
package struct GatewayReport: Hashable, Sendable {
    /// How many numbers were given, ever.
    package var numbered: Int64
    /// Those that wait.
    package var waiting: [Range<Int64>]
    /// Messages that could not be read, by reason.
    package var rejected: [String: Int64]
    /// Messages that the broker dropped.
    package var brokerDropped: Int64
    /// Messages that the broker delivered again and that the gateway left out.
    package var redelivered: Int64

    package init(
        numbered: Int64, waiting: [Range<Int64>], rejected: [String: Int64], brokerDropped: Int64,
        redelivered: Int64 = 0
    ) {
        self.numbered = numbered
        self.waiting = waiting
        self.rejected = rejected
        self.brokerDropped = brokerDropped
        self.redelivered = redelivered
    }

    fileprivate var rejectedJSON: String {
        // Texts and whole numbers can always be written.
        (try? JSONEncoder().encode(rejected)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
