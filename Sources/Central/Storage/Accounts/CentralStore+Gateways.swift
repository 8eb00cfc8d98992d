internal import Foundation
internal import Postgres

/// The state of a building's gateways, over all their stores.
package struct GatewayState: Hashable, Sendable {
    /// The building's slug.
    package var building: String
    /// The time since the last contact with any of them, in seconds.
    package var secondsSinceSeen: Double
    /// The number of readings that waited at the last report and have not arrived since; at most `Int64.max`.
    package var waiting: Int64
    /// The number of readings declared lost and not in the ledger, by reason.
    package var lost: [String: Int64]
    /// The number of readings that the database refused.
    package var quarantined: Int64
    /// The number of messages and parts of messages that are refused permanently.
    package var refused: Int64
}

extension CentralStore {
    /// Returns the state of each building's gateways, ordered by building. It reads a few small rows per gateway, and
    /// no readings.
    ///
    /// The numbers are the gateways' own claims: a sum too large for a `bigint` is shown as the largest, so that one
    /// gateway's claims never hide the others.
    package func gatewayStates() async throws -> [GatewayState] {
        try await runAside { connection in
            try connection.query(
                """
                SELECT hotels.slug, greatest(extract(epoch FROM now() - max(last_seen)), 0)::float8,
                    least(sum(count_of_numbers(waiting - held)), 9223372036854775807)::bigint,
                    least(sum(quarantined), 9223372036854775807)::bigint,
                    coalesce((
                        SELECT jsonb_object_agg(reason, numbers) FROM (
                            SELECT declared_loss.reason,
                                least(sum(count_of_numbers(declared_loss.numbers - losing.held)),
                                    9223372036854775807)::bigint AS numbers
                            FROM declared_loss JOIN gateway_store AS losing USING (store_id)
                            WHERE losing.hotel_id = hotels.id GROUP BY declared_loss.reason
                        ) AS losses), '{}')::text,
                    (SELECT count(*) FROM uplink_refusal WHERE uplink_refusal.hotel_id = hotels.id)
                FROM gateway_store JOIN hotels ON hotels.id = gateway_store.hotel_id
                GROUP BY hotels.id, hotels.slug ORDER BY hotels.slug COLLATE "C"
                """
            ).map { row in
                let lost: String = try row.value(4)
                return GatewayState(
                    building: try row.value(0), secondsSinceSeen: try row.value(1), waiting: try row.value(2),
                    lost: try JSONDecoder().decode([String: Int64].self, from: Data(lost.utf8)),
                    quarantined: try row.value(3), refused: try row.value(5))
            }
        }
    }
}
