package import Building
package import Foundation
internal import Postgres

extension CentralStore {
    /// Acknowledges that a gateway has opened its store and is about to send from it. It may be called again.
    ///
    /// - Parameters:
    ///   - openingHistory: The openings from the last acknowledged one to the current one, in order. Must not be empty.
    ///   - nextNumber: The number of the store's next reading.
    /// - Throws: `StoreError.forkedStore` if the known opening is not in the history, or if numbers from `nextNumber`
    ///   on were used before; `foreignStore`, `tooManyStores`; `unavailable`, `outcomeUnknown`.
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

    /// Records readings that a gateway gave up. Numbers in the ledger never count as lost, even if they arrive later.
    /// An open loss ends with the highest number known here: stored, lost or reported. It may be called again.
    ///
    /// - Parameters:
    ///   - store: The gateway's store, or an earlier one of the same building.
    ///   - incarnation: The current opening of the gateway's own store; `nil` if it did not send one.
    /// - Throws: `StoreError.forkedStore` if `incarnation` belongs to no store of the building; `foreignStore`,
    ///   `tooManyStores`; `unavailable`, `outcomeUnknown`.
    package func declareLost(
        _ losses: [DeclaredLoss], of store: StoreID, incarnation: UUID?, building: BuildingReference
    ) async throws {
        let shares = shares
        try await transaction { connection in
            let entry = try Ledger.lock(store, building: building, shares: shares, on: connection)
            // A damaged store can't declare its own losses: its successor in the building does.
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

    /// Records a gateway's report on its store. An older report that arrives after a newer one changes nothing. It may
    /// be called again.
    ///
    /// - Throws: `StoreError.forkedStore`, `foreignStore`, `tooManyStores`; `unavailable`, `outcomeUnknown`.
    package func note(
        _ report: GatewayReport, of store: StoreID, incarnation: UUID?, building: BuildingReference
    ) async throws {
        let shares = shares
        try await transaction { connection in
            try Ledger.lock(store, building: building, shares: shares, on: connection)
                .require(incarnation, of: store)
            // Numbers assigned after the report belong to the next one.
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
    /// The reason for a loss.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The gateway's buffer was full.
        case bufferFull = "buffer_full"
        /// The buffer's file was damaged.
        case corrupt
        /// An operator discarded the readings.
        case `operator`
    }

    /// The numbers, at least one, from 1; the upper bound is `Int64.max` if the gateway does not know how many there
    /// were.
    package var numbers: Range<Int64>
    /// The reason for the loss.
    package var reason: Reason

    /// A Boolean value that indicates whether the end of the range is unknown.
    package var isOpen: Bool { numbers.upperBound == .max }

    /// Creates a loss.
    package init(numbers: Range<Int64>, reason: Reason) {
        self.numbers = numbers
        self.reason = reason
    }
}

/// A gateway's report on the contents of its store.
package struct GatewayReport: Hashable, Sendable {
    /// The count of numbers ever assigned.
    package var numbered: Int64
    /// The numbers that wait to be sent.
    package var waiting: [Range<Int64>]
    /// The count of messages that could not be decoded, by reason.
    package var rejected: [String: Int64]
    /// The count of messages that the broker dropped.
    package var brokerDropped: Int64
    /// The count of messages that the broker redelivered and the deduplicator skipped.
    package var redelivered: Int64

    /// Creates a report.
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
        // Encoding strings and whole numbers can't fail.
        (try? JSONEncoder().encode(rejected)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
