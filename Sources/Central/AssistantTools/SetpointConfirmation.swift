internal import Assistant
internal import Building
internal import LiveUpdates
internal import Storage

/// Waits for a gateway's answer to a desired set-point of one origin.
struct SetpointConfirmation: Sendable {
    let hub: DesiredStateHub
    let origin: DesiredStateOrigin

    /// The longest wait; a gateway that is online answers sooner.
    private static let patience = Duration.seconds(4)

    /// Waits until the gateway answers the newest desired set-point, for a short time.
    ///
    /// - Parameter setpoint: The room's set-point as it was stored.
    func answer(to setpoint: RoomSetpoint, of store: CentralStore) async throws -> RoomSetpoint {
        let end = ContinuousClock.now + Self.patience
        let version = setpoint.newest?.version
        let answered = try await hub.watch(building: setpoint.building) { watch in
            var latest = setpoint
            while let present = try await store.setpoint(ofRoom: setpoint.room, visible: origin.visible) {
                latest = present
                let left = end - ContinuousClock.now
                // The gateway answers a newer desired state instead of ours.
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
