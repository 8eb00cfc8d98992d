internal import APISupport
package import Building
internal import CivilTime
internal import Foundation
internal import Logging
package import Storage

/// The operations of the command line, which work directly on the database.
package struct Administration: Sendable {
    private let configuration: CentralConfiguration
    private let logger = Logger(label: "hearth-central")

    /// Creates an administration of the configured database.
    package init(_ configuration: CentralConfiguration) { self.configuration = configuration }

    /// Migrates the database.
    ///
    /// - Returns: The names of the migrations applied by this call.
    package func migrate() async throws -> [String] {
        let database = CentralDatabase(configuration.database, storage: configuration.storage, logger: logger)
        defer { database.close() }
        return try await database.migrator.migrate()
    }

    /// Creates a token for the gateway of a building, which is created if it is new.
    package func addGateway(building: Slug, kind: String, label: String?) async throws -> TokenSecret {
        try await withStore {
            try await TokenAdministration($0).addGateway(building: building, kind: kind, label: label)
        }
    }

    /// Creates a token for the guest of a room.
    ///
    /// - Parameters:
    ///   - from: The start of the stay; nothing of the room's past before it is visible to the guest. By default it is
    ///     now. ISO 8601, in the building's time zone without an offset, or Unix seconds.
    ///   - until: The end of the stay in the same form; `nil` for none.
    /// - Throws: `AdministrationError`, `StoreError`.
    package func addGuest(
        building: Slug, room: Slug, from: String?, until: String?, label: String?
    ) async throws -> TokenSecret {
        try await withStore { store in
            let calendar = try await store.calendar(ofBuilding: building)
            let now = store.currentTime
            let begin = try from.map { try Self.time($0, calendar) } ?? now
            let end = try until.map { try Self.time($0, calendar) }
            if let until, let end, end <= now {
                throw AdministrationError("“\(until)” has passed: the token would never be valid. Choose a later time.")
            }
            if let from, let until, let end, end <= begin {
                throw AdministrationError(
                    "The stay would end (“\(until)”) before it starts (“\(from)”). Swap the two or choose another time."
                )
            }
            return try await TokenAdministration(store).addGuest(
                building: building, room: room, from: begin, until: end, label: label)
        }
    }

    private static func time(_ text: String, _ calendar: LocalCalendar) throws -> Timestamp {
        guard let time = TimeParameter.moment(text, in: calendar) else {
            throw AdministrationError(
                "“\(text)” is not a valid time. Write it as 2026-12-24T11:00, in the building's time zone "
                    + "(\(calendar.zoneName)), with an offset as 2026-12-24T11:00+01:00, or as Unix seconds.")
        }
        return time
    }

    /// Returns the link to the guest's page with a guest's token. The token follows the `#`, which browsers never send
    /// to a server.
    package func link(of token: TokenSecret) -> String {
        let http = configuration.http
        let host = http.host.contains(":") ? "[\(http.host)]" : http.host
        return (http.publicURL ?? "http://\(host):\(http.port)") + "/guest#token=" + token.text
    }

    /// Creates a token for an operator.
    ///
    /// - Parameter name: The operator's name for people.
    package func addOperator(name: String) async throws -> TokenSecret {
        try await withStore { try await TokenAdministration($0).addOperator(name: name) }
    }

    /// Returns all tokens of a role, oldest first, including revoked ones.
    package func tokens(_ role: Role) async throws -> [TokenEntry] {
        try await withStore { try await TokenAdministration($0).list(role) }
    }

    /// Revokes a token.
    ///
    /// - Throws: `AdministrationError` if there is no valid token with this id and role.
    package func revoke(_ id: Int, role: Role) async throws {
        let revoked = try await withStore { try await TokenAdministration($0).revoke(id, role: role) }
        guard revoked else {
            throw AdministrationError(
                "There is no valid \(role.rawValue) token \(id). See `hearth-central \(role.rawValue) list`.")
        }
    }

    /// Returns the account of every gateway's store.
    ///
    /// - Parameter building: The only building to include; `nil` for all.
    package func audit(building: Slug?) async throws -> [StoreAccount] {
        try await withStore { try await $0.audit(building: building) }
    }

    /// Returns the current refusals of gateways' messages.
    ///
    /// - Parameter building: The only building to include; `nil` for all.
    package func refusals(building: Slug?) async throws -> [KeptRefusal] {
        try await withStore { try await $0.refusals(building: building) }
    }

    /// Runs `body` with the store. The database is migrated first, so that tokens can be created before the first
    /// start. The storage policy is left to the service, which may have another configuration.
    func withStore<Value>(_ body: (CentralStore) async throws -> Value) async throws -> Value {
        let database = CentralDatabase(configuration.database, logger: logger)
        defer { database.close() }
        _ = try await database.migrator.migrate()
        return try await body(database.store)
    }
}

/// The reason an operator's request can't be carried out, with a remedy.
package struct AdministrationError: Error, Sendable, CustomStringConvertible {
    /// The reason and the remedy, for people.
    package var description: String

    init(_ description: String) { self.description = description }
}
