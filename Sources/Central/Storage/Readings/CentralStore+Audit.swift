package import Building
internal import Foundation
internal import Postgres

extension CentralStore {
    /// Returns the account of every store, ordered by building and store, as of one moment.
    ///
    /// - Parameter building: The only building to include; `nil` for all.
    /// - Throws: `StoreError.unknownBuilding`, `unavailable`.
    package func audit(building: Slug? = nil) async throws -> [StoreAccount] {
        try await run { connection in
            if let building {
                let known = try connection.query("SELECT FROM hotels WHERE slug = $1", [.text(building.text)])
                guard !known.isEmpty else { throw StoreError.unknownBuilding(building.text) }
            }
            let rows = try connection.query(
                """
                WITH book AS (
                    SELECT gateway_store.*, hotels.slug,
                        coalesce((
                            SELECT range_agg(part) FROM declared_loss, unnest(numbers) AS part
                            WHERE declared_loss.store_id = gateway_store.store_id), '{}') - held AS lost
                    FROM gateway_store JOIN hotels ON hotels.id = hotel_id
                    WHERE $1::text IS NULL OR hotels.slug = $1
                ), bounded AS (
                    SELECT *, greatest(numbered, upper(held) - 1, upper(lost) - 1, 0) AS highest FROM book
                ), open AS (
                    SELECT *, waiting - held - lost AS still_waiting,
                        int8multirange(int8range(1, highest + 1)) - held - lost - waiting AS unaccounted,
                        int8multirange(int8range(1, coalesce(numbered, highest) + 1)) AS judged
                    FROM bounded
                )
                SELECT slug, store_id, highest, stored, quarantined, count_of_numbers(held),
                    (SELECT count(*) FROM quarantined_reading WHERE quarantined_reading.store_id = open.store_id),
                    (
                        SELECT coalesce(jsonb_object_agg(reason, count_of_numbers(numbers - held)), '{}')::text
                        FROM declared_loss WHERE declared_loss.store_id = open.store_id
                    ),
                    count_of_numbers(still_waiting), count_of_numbers(unaccounted - judged),
                    (unaccounted * judged)::text, rejected::text, broker_dropped, milliseconds(last_seen),
                    milliseconds(reported_at), redelivered
                FROM open ORDER BY slug COLLATE "C", store_id
                """, [.text(building?.text)])
            return try rows.map(StoreAccount.init(_:))
        }
    }
}

/// The account of a gateway's store: numbered = stored + quarantined + lost + waiting + unreported + missing.
package struct StoreAccount: Hashable, Sendable {
    /// The building's slug.
    package var building: String
    /// The id of the store.
    package var store: StoreID
    /// The count of numbers assigned, as far as known here.
    package var numbered: Int64
    /// The count of rows added to `reading`, incremented when they are stored.
    package var stored: Int64
    /// The count of readings that the database refused, incremented when they are quarantined.
    package var quarantined: Int64
    /// The count of numbers in the ledger.
    package var held: Int64
    /// The count of rows in the quarantine now.
    package var quarantineRows: Int64
    /// The count of numbers declared lost and not in the ledger, by reason.
    package var lost: [String: Int64]
    /// The count of numbers that waited on the gateway at its last report and were neither stored nor lost since.
    package var waiting: Int64
    /// The count of numbers assigned after the gateway's last report that have not arrived. The next report covers
    /// them.
    package var unreported: Int64
    /// The numbers that are unaccounted for, ascending.
    package var missing: [Range<Int64>]
    /// The count of messages the gateway could not decode, by reason. They never had a number.
    package var rejected: [String: Int64]
    /// The count of messages that the broker dropped.
    package var brokerDropped: Int64
    /// The count of messages that the broker redelivered and the gateway's deduplicator skipped. None has a number: if
    /// one was new nevertheless, this count is the only trace of it.
    package var redelivered: Int64
    /// The time of the last contact with the gateway.
    package var lastHeard: Timestamp
    /// The time of the gateway's last report; `nil` if there was none.
    package var lastReport: Timestamp?

    fileprivate init(_ row: Rows.Row) throws {
        let store: UUID = try row.value(1)
        let gaps: String = try row.value(10)
        guard let missing = NumberRanges.parse(gaps) else {
            throw PostgresError(message: "“\(gaps)” is not a valid int8multirange.")
        }
        building = try row.value(0)
        self.store = StoreID(uuid: store)
        numbered = try row.value(2)
        stored = try row.value(3)
        quarantined = try row.value(4)
        held = try row.value(5)
        quarantineRows = try row.value(6)
        lost = try Self.counts(try row.value(7))
        waiting = try row.value(8)
        unreported = try row.value(9)
        self.missing = missing
        rejected = try Self.counts(try row.value(11))
        brokerDropped = try row.value(12)
        lastHeard = Timestamp(millisecondsSince1970: try row.value(13))
        lastReport = try row.optional(14, as: Int64.self).map(Timestamp.init(millisecondsSince1970:))
        redelivered = try row.value(15)
    }

    private static func counts(_ json: String) throws -> [String: Int64] {
        try JSONDecoder().decode([String: Int64].self, from: Data(json.utf8)).filter { $0.value > 0 }
    }

    /// The discrepancies of the account, one sentence each; empty if it balances.
    package var faults: [String] {
        var faults: [String] = []
        if !missing.isEmpty {
            let count = missing.map(\.saturatingCount).saturatingSum()
            faults.append("\(count) numbered readings are neither stored, nor declared lost, nor waiting.")
        }
        if stored + quarantined != held {
            faults.append(
                "The ledger holds \(held) numbers, but \(stored) rows were stored and \(quarantined) quarantined.")
        }
        if quarantineRows != quarantined {
            faults.append("\(quarantined) readings were quarantined, but the quarantine has \(quarantineRows).")
        }
        return faults
    }

    /// A Boolean value that indicates whether every number is accounted for and the counts agree.
    package var balances: Bool { faults.isEmpty }
}
