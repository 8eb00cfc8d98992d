/// The control law: the valve's opening according to the room model, as the heat that holds the set-point plus the
/// correction that gets there.
///
/// The heat that holds the set-point is what the base temperature lacks. Deviations of air and radiator from that state
/// are corrected with two equal lags (pole placement: Åström and Wittenmark, "Computer-Controlled Systems", 1997,
/// chapter 4): briskly while the valve has moved little recently and for some hours after the target has changed, else
/// calmly, which spares the valve. There is no integral that could wind up or jump: the base temperature contains what
/// an integral would have to learn, and the model sees the valve's actual position in every mode.
enum RoomController {
    /// The feedback gains that correct deviations.
    struct Feedback: Sendable {
        /// The time constant of the two equal lags of the closed loop, s.
        let closedLoopSeconds: Double
        private let air: Double
        private let heat: Double

        static let calm = Feedback(closedLoopSeconds: 1000)
        static let brisk = Feedback(closedLoopSeconds: 700)

        private init(closedLoopSeconds: Double) {
            self.closedLoopSeconds = closedLoopSeconds
            let (radiatorSeconds, airSeconds) = (Dynamics.radiatorSeconds, Dynamics.airSeconds)
            heat = 2 * radiatorSeconds / closedLoopSeconds - radiatorSeconds / airSeconds - 1
            air = airSeconds * radiatorSeconds / (closedLoopSeconds * closedLoopSeconds) - 1 - heat
        }

        /// Returns the correcting heat for what air and heat lack, all in K.
        fileprivate func kelvin(airLack: Double, heatLack: Double) -> Double { air * airLack + heat * heatLack }
    }

    /// Returns the opening, 0…100 %.
    static func opening(of room: RoomModel, targetCelsius: Double, by feedback: Feedback) -> Double {
        let holding = targetCelsius - room.baseCelsius
        let kelvin =
            holding
            + feedback.kelvin(airLack: targetCelsius - room.airCelsius, heatLack: holding - room.heatKelvin)
        return (kelvin / room.kelvinPerPercent).limited(to: 0...100, else: 0)
    }
}
