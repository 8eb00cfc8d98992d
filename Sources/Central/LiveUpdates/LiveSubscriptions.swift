internal import Building
package import Logging
internal import ServiceLifecycle
package import Storage
internal import Synchronization
package import Telemetry

/// Keeps the clients of live streams up to date. Each room is read once for all its clients, however many there are.
///
/// A change is announced by building. The watched rooms of that building are then read again, at most four times a
/// second and with pauses of four times the duration of the read, and the differences are passed on. Without clients
/// nothing is read.
package final class LiveSubscriptions: Service, MetricSource {
    private let store: CentralStore
    private let limits: LiveLimits
    private let logger: Logger
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private let opened = LabelledCounter("hearth_live_streams_opened_total", "Live streams opened.")
    private let refused = LabelledCounter(
        "hearth_live_streams_refused_total",
        "Live streams refused: too many for the token, too many in all, or the service was shutting down.",
        labels: ["reason"], known: LiveRefusal.allCases.map { [$0.rawValue] })
    private let ended = LabelledCounter(
        "hearth_live_streams_ended_total", "Live streams ended, by reason.", labels: ["reason"],
        known: LiveEnd.allCases.map { [$0.rawValue] })
    private let polls = LabelledCounter("hearth_live_polls_total", "Polls of the watched rooms.")
    private let sent = LabelledCounter("hearth_live_events_total", "Events sent to subscribers.")

    private static let shortestPause: Duration = .milliseconds(250)
    private static let pauseFactor = 4
    /// The interval at which all watched rooms are read even without an announcement, which can be lost with the
    /// process that was about to make it.
    private static let safetyPeriod: Duration = .seconds(5)
    private static let failurePause: Duration = .seconds(1)

    private struct State {
        var rooms: [Int: WatchedRoom] = [:]
        /// The open streams, by token.
        var streams = SharedCount<Int>()
        var nextStream = 0
        var change: LatestChange?
        var isEnding = false
    }

    private struct WatchedRoom {
        let building: Int
        var streams: [Int: Listener] = [:]
        /// The latest readings as last read; `nil` before the first read.
        var latest: [LatestID: RoomSnapshot.Latest]?
        var setpoint: RoomSetpoint?
    }

    private struct Listener {
        weak var stream: LiveStream?
        var isNew = true
    }

    /// Creates subscriptions without clients.
    package init(store: CentralStore, limits: LiveLimits, logger: Logger) {
        self.store = store
        self.limits = limits
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Notes a change. Returns at once.
    package func note(_ change: LatestChange) {
        let isWatched = state.withLock { state in
            guard !state.rooms.isEmpty else { return false }
            if state.change == nil { state.change = change } else { state.change?.merge(change) }
            return true
        }
        if isWatched { signal.yield() }
    }

    /// Returns the building of a room that has clients; `nil` if it has none.
    package func building(ofRoom room: Int) -> Int? { state.withLock { $0.rooms[room]?.building } }

    /// Opens a stream. It ends and frees its slot as soon as it is released or `leave` is called.
    ///
    /// - Parameters:
    ///   - building: The id of the room's building.
    ///   - token: The id of the token whose limit applies.
    ///   - visible: The range the client has access to. Rooms are read once for all clients, so each stream filters.
    ///   - resume: The position up to which the client has everything.
    /// - Throws: `LiveRefusal`.
    package func open(
        room: Int, building: Int, token: Int, visible: VisibleRange, resume: ChangeMark?
    ) throws(LiveRefusal) -> LiveStream {
        let result: Result<LiveStream, LiveRefusal> = state.withLock { state in
            if state.isEnding { return .failure(.ending) }
            switch state.streams.excess(for: token, limit: limits.streams, limitPerUser: limits.streamsPerToken) {
            case .ofUser: return .failure(.token)
            case .ofAll: return .failure(.full)
            case nil: break
            }
            state.nextStream += 1
            let id = state.nextStream
            let stream = LiveStream(resume: resume, visible: visible) { [weak self] in
                self?.close(id, room: room, token: token)
            }
            state.streams.add(token)
            state.rooms[room, default: WatchedRoom(building: building)].streams[id] = Listener(stream: stream)
            return .success(stream)
        }
        switch result {
        case .success(let stream):
            opened.add()
            signal.yield()
            return stream
        case .failure(let refusal):
            refused.add(1, refusal.rawValue)
            throw refusal
        }
    }

    /// Counts events sent to a client.
    package func noteSent(_ events: Int) { sent.add(events) }

    /// Counts the end of a stream.
    package func noteEnd(_ end: LiveEnd) { ended.add(1, end.rawValue) }

    private func close(_ id: Int, room: Int, token: Int) {
        state.withLock { state in
            guard state.rooms[room]?.streams.removeValue(forKey: id) != nil else { return }
            if state.rooms[room]?.streams.isEmpty == true { state.rooms[room] = nil }
            state.streams.remove(token)
        }
    }

    /// Keeps streams up to date until a graceful shutdown, and then ends them.
    package func run() async {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.remindRegularly() }
                group.addTask { await self.attend() }
            }
        }
        let streams = state.withLock { state in
            state.isEnding = true
            return state.rooms.values.flatMap { $0.streams.values.map(\.stream) }
        }
        for stream in streams { stream?.finish(.shutdown) }
    }

    private func remindRegularly() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.safetyPeriod)
            note(.everywhere)
        }
    }

    private func attend() async {
        var cluster: String?
        for await _ in signals {
            let began = ContinuousClock.now
            do {
                if cluster == nil { cluster = try await store.clusterName() }
                try await poll(cluster: cluster ?? "")
                let took = ContinuousClock.now - began
                try? await Task.sleep(for: max(Self.shortestPause - took, took * Self.pauseFactor))
            } catch {
                logger.debug("Live rooms could not be read", metadata: ["error": "\(error)"])
                // The next connection may lead to another cluster.
                cluster = nil
                try? await Task.sleep(for: Self.failurePause)
                note(.everywhere)
            }
            if Task.isCancelled { return }
        }
    }

    private func poll(cluster: String) async throws {
        let due = state.withLock { state -> [Int] in
            defer { state.change = nil }
            return state.rooms.filter { room in
                room.value.streams.values.contains(where: \.isNew)
                    || state.change?.concerns(room.value.building) == true
            }.map(\.key)
        }
        guard !due.isEmpty else { return }
        polls.add()
        let live = try await store.live(due, cluster: cluster)
        for room in due { distribute(live.rooms[room], of: room, at: live.mark) }
    }

    private func distribute(_ live: LiveRoom?, of room: Int, at mark: ChangeMark) {
        guard let live else {
            let streams = state.withLock { state in state.rooms[room]?.streams.values.map(\.stream) ?? [] }
            for stream in streams { stream?.finish(.room) }
            return
        }
        let latest = live.latest
        let (before, formerSetpoint, listeners) = state.withLock { state in
            let before = state.rooms[room]?.latest
            let formerSetpoint = state.rooms[room]?.setpoint
            let listeners = state.rooms[room].map { Array($0.streams.values) } ?? []
            state.rooms[room]?.latest = latest
            state.rooms[room]?.setpoint = live.setpoint
            for id in state.rooms[room]?.streams.keys.map({ $0 }) ?? [] {
                state.rooms[room]?.streams[id]?.isNew = false
            }
            return (before ?? [:], formerSetpoint, listeners)
        }
        let changes = latest.filter { before[$0.key] != $0.value }
        for listener in listeners {
            guard let stream = listener.stream else { continue }
            if !listener.isNew {
                stream.offer(changes, of: live.snapshot, at: mark)
            } else if let resume = stream.resume, resume.canBeResumed(at: mark) {
                let missed = latest.filter { id, _ in live.writers[id].map(resume.isBefore(rowOf:)) ?? true }
                stream.offer(missed, of: live.snapshot, at: mark)
            } else {
                stream.offer(live.snapshot, at: mark)
            }
            if let setpoint = live.setpoint?.seen(in: stream.visible),
                listener.isNew ? setpoint.isTelling : setpoint != formerSetpoint?.seen(in: stream.visible)
            {
                stream.offer(setpoint, at: mark)
            }
        }
    }

    /// Returns the number of streams, watched rooms, events and refusals.
    package func metrics() async -> [MetricFamily] {
        let (streams, rooms) = state.withLock { ($0.streams.all, $0.rooms.count) }
        return [
            MetricFamily(.gauge, "hearth_live_streams", "Open live streams.", streams),
            MetricFamily(.gauge, "hearth_live_rooms", "Rooms with at least one subscriber.", rooms),
            opened.family, refused.family, ended.family, polls.family, sent.family,
        ]
    }
}

extension LiveRoom {
    fileprivate var latest: [LatestID: RoomSnapshot.Latest] {
        var all: [LatestID: RoomSnapshot.Latest] = [:]
        for device in snapshot.devices {
            for latest in device.latest {
                all[LatestID(deviceID: device.deviceID, datapoint: latest.datapoint)] = latest
            }
        }
        return all
    }
}
