import Building
import DatabaseRig
import LiveUpdates
import Storage
import Testing

/// What listeners of a room are sent who take it late, or come late.
@Suite(.withDatabaseServer, .database, .serialized, .timeLimit(.minutes(1))) struct LiveSubscriptionsTests {
    private static func hub(_ replica: Replica) -> LiveSubscriptions {
        LiveSubscriptions(
            store: replica.store, limits: LiveLimits(streams: 10, streamsPerToken: 10), logger: Replica.logger)
    }

    @Test func `sends a slow listener everything once, with what has changed before it took it`() async throws {
        let replica = try await SnapshotCacheTests().prepared()
        let hub = Self.hub(replica)
        let running = Task { await hub.run() }
        let stream = try hub.open(room: 2, building: 1, token: 1, visible: .everything, resume: nil)
        var signals = stream.signals.makeAsyncIterator()
        _ = await signals.next()
        try await replica.run("INSERT INTO raw_data VALUES (NULL, now(), 'copied/r2/a', 'temperature', '23')")
        hub.note(.everywhere)
        _ = await signals.next()
        let update = try #require(stream.take())
        #expect(update.snapshot?.devices.flatMap(\.latest).map(\.value) == [.number(23)])
        #expect(update.changes.isEmpty)
        #expect(stream.take() == nil)
        running.cancel()
        await running.value
    }

    @Test func `ends its streams when the service ends, and opens none after that`() async throws {
        let hub = Self.hub(try await Replica.migrated())
        let stream = try hub.open(room: 1, building: 1, token: 1, visible: .everything, resume: nil)
        let running = Task { await hub.run() }
        running.cancel()
        await running.value
        #expect(stream.end == .shutdown)
        #expect(throws: LiveRefusal.ending) {
            try hub.open(room: 1, building: 1, token: 1, visible: .everything, resume: nil)
        }
    }
}
