import Building
import DatabaseRig
import Postgres
import Storage
import Synchronization
import Testing

@Suite(.withDatabaseServer, .database) struct TokenTests {
    @Test func `name their holder, and stand in the database only as hashes`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("tokens"))
        let registry = TokenAdministration(replica.store)
        let building = Slug("tokens")!
        let secrets = [
            try await registry.addGateway(building: building, kind: "hotel", label: nil),
            try await registry.addGuest(
                building: building, room: Slug("room-102")!, from: replica.store.currentTime, until: nil,
                label: "Ms. Gray"),
            try await registry.addOperator(name: "ops"),
        ]
        let directory = TokenAuthenticator(replica.store)
        var roles: [Role?] = []
        for secret in secrets { roles.append(try await directory.caller(holding: secret)?.role) }
        #expect(roles == [.gateway, .guest, .operator])
        #expect(secrets.allSatisfy { $0.text.count == 52 && TokenSecret($0.text)?.text == $0.text })
        let rows = try await replica.rows("SELECT token::text FROM token")
        #expect(secrets.allSatisfy { secret in !rows.contains { $0.contains(secret.text.dropFirst(9)) } })
    }

    @Test func `of unknown holders are nobody's`() async throws {
        let replica = try await Replica.migrated()
        let secret = try await TokenAdministration(replica.store).addOperator(name: "x")
        let directory = TokenAuthenticator(replica.store)
        let last = secret.text.last == "A" ? "B" : "A"
        let wrong = TokenSecret(secret.text.dropLast() + last)!
        #expect(try await directory.caller(holding: wrong) == nil)
        for text in ["", "hearth_", secret.text + "A", " " + secret.text.dropFirst()] {
            #expect(TokenSecret(text) == nil, "\(text)")
        }
    }

    @Test func `end when they are revoked, and when a stay ends`() async throws {
        let clock = Mutex(Timestamp(millisecondsSince1970: midnight))
        _ = try await Replica.migrated()
        let replica = Replica { clock.withLock(\.self) }
        try await replica.store.apply(inventory("stay"))
        let registry = TokenAdministration(replica.store)
        let begin = Timestamp(millisecondsSince1970: midnight + 30_000)
        let end = Timestamp(millisecondsSince1970: midnight + 60_000)
        let guest = try await registry.addGuest(
            building: Slug("stay")!, room: Slug("room-101")!, from: begin, until: end, label: nil)
        let directory = TokenAuthenticator(replica.store)
        // Not before it begins, and what the directory has learnt then makes it no later.
        #expect(try await directory.caller(holding: guest) == nil)
        clock.withLock { $0 = begin }
        let caller = try await directory.caller(holding: guest)
        #expect(caller?.role == .guest && caller?.visible == VisibleRange(from: begin))
        clock.withLock { $0 = end }
        #expect(try await directory.caller(holding: guest) == nil)

        let operatorToken = try await registry.addOperator(name: "leaver")
        let entry = try await registry.list(.operator).first { $0.label == "leaver" }
        #expect(try await registry.revoke(entry!.id, role: .guest) == false)
        #expect(try await registry.revoke(entry!.id, role: .operator))
        #expect(try await registry.revoke(entry!.id, role: .operator) == false)
        #expect(try await directory.caller(holding: operatorToken) == nil)
    }

    @Test func `of guests need a room that is known`() async throws {
        let replica = try await Replica.migrated()
        try await replica.store.apply(inventory("known"))
        let registry = TokenAdministration(replica.store)
        for (building, room) in [("known", "room-999"), ("unknown", "room-101")] {
            await #expect(throws: StoreError.self) {
                try await registry.addGuest(
                    building: Slug(building)!, room: Slug(room)!, from: replica.store.currentTime, until: nil,
                    label: nil)
            }
        }
    }
}
