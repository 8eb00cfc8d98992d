internal import APISupport
package import Building
internal import Foundation
internal import Logging
package import Storage

/// What operators do from the command line, straight on the database.
package struct Administration: Sendable {
    private let configuration: CentralConfiguration
    private let logger = Logger(label: "hearth-central")

    package init(_ configuration: CentralConfiguration) { self.configuration = configuration }

    /// - Returns: the names of the migrations applied now.
    package func migrate() async throws -> [String] {
        let database = CentralDatabase(configuration.database, storage: configuration.storage, logger: logger)
        defer { database.close() }
        return try await database.migrator.migrate()
    }

    /// A token for the gateway of a building.
    package func addGateway(building: Slug, kind: String, label: String?) async throws -> TokenSecret {
        try await withStore {
            try await TokenAdministration($0).addGateway(building: building, kind: kind, label: label)
        }
    }

    /// A token for the guest of a room.
    ///
    /// - Parameters:
    ///   - from: when the stay begins: nothing of the room's past before it is the guest's. `nil`: now. ISO 8601, without
    ///     an offset in the building's time zone; or Unix seconds.
    ///   - until: when it ends, in the same form; `nil`: never.
    package func addGuest(
        building: Slug, room: Slug, from: String?, until: String?, label: String?
    ) async throws -> TokenSecret {
        try await withStore { store in
            let zone = try await store.timeZone(ofBuilding: building)
            let now = store.currentTime
            let begin = try from.map { try Self.time($0, zone) } ?? now
            let end = try until.map { try Self.time($0, zone) }
            if let until, let end, end <= now {
                throw AdministrationError("“\(until)” has passed: the token would never be valid. Give a later time.")
            }
            if let from, let until, let end, end <= begin {
                throw AdministrationError(
                    "The stay would end (“\(until)”) before it begins (“\(from)”). Exchange the two, or give another time."
                )
            }
            return try await TokenAdministration(store).addGuest(
                building: building, room: room, from: begin, until: end, label: label)
        }
    }

    private static func time(_ text: String, _ zone: String) throws -> Timestamp {
        guard let time = ISO8601Reader.parse(text, zone: TimeZone(identifier: zone) ?? .gmt) else {
            throw AdministrationError(
                "“\(text)” is not a valid time. Give it as 2026-12-24T11:00, which is in the building's time zone "
                    + "(\(zone)), with an offset as 2026-12-24T11:00+01:00, or as Unix seconds.")
        }
        return time
    }

    /// The link of the guest's page, with a guest's token. The token stands after the `#`, which no
    /// browser sends to any server.
    package func link(of token: TokenSecret) -> String {
        let http = configuration.http
        let host = http.host.contains(":") ? "[\(http.host)]" : http.host
        return (http.publicURL ?? "http://\(host):\(http.port)") + "/guest#token=" + token.text
    }

    package func addOperator(name: String) async throws -> TokenSecret {
        try await withStore { try await TokenAdministration($0).addOperator(name: name) }
    }

    package func tokens(_ role: Role) async throws -> [TokenEntry] {
        try await withStore { try await TokenAdministration($0).list(role) }
    }

    package func revoke(_ id: Int, role: Role) async throws {
        let revoked = try await withStore { try await TokenAdministration($0).revoke(id, role: role) }
        guard revoked else {
            throw AdministrationError(
                "There is no valid \(role.rawValue) token \(id). `hearth-central \(role.rawValue) list` shows them.")
        }
    }

    /// The account of every gateway store.
    ///
    /// - Parameter building: only this one's.
    package func audit(building: Slug?) async throws -> [StoreAccount] {
        try await withStore { try await $0.audit(building: building) }
    }

    /// What is refused of gateways' messages at present.
    ///
    /// - Parameter building: only this one's.
    package func refusals(building: Slug?) async throws -> [KeptRefusal] {
        try await withStore { try await $0.refusals(building: building) }
    }

    /// The tables are made first where they are missing, so that tokens can be made before the first start. What becomes
    /// of old readings is the service's to say, which may have another configuration.
    func withStore<Value>(_ body: (CentralStore) async throws -> Value) async throws -> Value {
        let database = CentralDatabase(configuration.database, logger: logger)
        defer { database.close() }
        _ = try await database.migrator.migrate()
        return try await body(database.store)
    }
}

/// What an operator asked for and cannot have, and what to do about it.
package struct AdministrationError: Error, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) { self.description = description }
}
