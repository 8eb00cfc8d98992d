internal import Assistant
internal import Building
internal import LiveUpdates
internal import Storage

/// Who wishes, and how the answer of the room's gateway is waited for.
struct SetpointConfirmation: Sendable {
    let hub: DesiredStateHub
    let origin: DesiredStateOrigin

    /// A gateway that is online answers sooner.
    private static let patience = Duration.seconds(4)

    /// Waits until the gateway says what becomes of the newest wish, but not for long.
    ///
    /// - Parameter setpoint: as it was when the wish was kept.
    func answer(to setpoint: RoomSetpoint, of store: CentralStore) async throws -> RoomSetpoint {
        let end = ContinuousClock.now + Self.patience
        let version = setpoint.newest?.version
        let answered = try await hub.watch(building: setpoint.building) { watch in
            var latest = setpoint
            while let present = try await store.setpoint(ofRoom: setpoint.room, visible: origin.visible) {
                latest = present
                let left = end - ContinuousClock.now
                // A newer wish than ours is answered in place of it.
                let isOver = present.isAnswered || present.newest?.version != version
                if isOver || left <= .zero || hub.isEnding || Task.isCancelled { break }
                await watch.wait(atMost: left)
            }
            return latest
        }
        return answered ?? setpoint
    }
}

extension DesiredTemperature {
    init(_ desired: DesiredSetpoint) { self.init(celsius: desired.celsius, until: desired.until) }
}
