/// How far the valve should be open, by the room model: the heat that holds the set-point, and what it takes to get
/// there.
///
/// The heat that holds the set-point is what the base temperature lacks. Deviations of air and radiator from there are
/// brought back as by two equal lags (pole placement: Åström and Wittenmark, "Computer-Controlled Systems", 1997, chapter
/// 4): briskly while the valve has moved little of late and for some hours after the target has changed, else calmly, which
/// spares the valve. There is no integral that could wind up or jump: what an integral would have to learn,
/// the base temperature knows, and the model sees what the valve really does, in every mode.
enum RoomController {
    /// What brings the room back.
    struct Feedback: Sendable {
        /// The two equal lags of the closed loop.
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

        /// In K of heat, for what air and heat lack, in K.
        fileprivate func kelvin(airLack: Double, heatLack: Double) -> Double { air * airLack + heat * heatLack }
    }

    /// In % of opening, 0…100.
    static func opening(of room: RoomModel, targetCelsius: Double, by feedback: Feedback) -> Double {
        let holding = targetCelsius - room.baseCelsius
        let kelvin =
            holding
            + feedback.kelvin(airLack: targetCelsius - room.airCelsius, heatLack: holding - room.heatKelvin)
        return (kelvin / room.kelvinPerPercent).limited(to: 0...100, else: 0)
    }
}
