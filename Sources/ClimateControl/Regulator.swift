/// How far the valve should be open, by the room model: the heat that holds the set-point, and what it takes to get
/// there.
///
/// The heat that holds the set-point is what the base temperature lacks. Deviations of air and radiator from there are
/// brought back as by two equal lags of `closedLoopSeconds` (pole placement: Åström and Wittenmark, "Computer-Controlled
/// Systems", 1997, chapter 4). There is no integral that could wind up or jump: what an integral would have to learn,
/// the base temperature knows, and the model sees what the valve really does, in every mode.
enum Regulator {
    static let closedLoopSeconds = 1000.0

    private static let heatFeedback: Double = {
        let (radiator, air) = (Dynamics.radiatorSeconds, Dynamics.airSeconds)
        return 2 * radiator / closedLoopSeconds - radiator / air - 1
    }()

    private static let airFeedback: Double = {
        let (radiator, air) = (Dynamics.radiatorSeconds, Dynamics.airSeconds)
        return air * radiator / (closedLoopSeconds * closedLoopSeconds) - 1 - heatFeedback
    }()

    /// In % of opening, 0…100.
    static func opening(of room: RoomModel, setpointCelsius: Double) -> Double {
        let holding = setpointCelsius - room.baseCelsius
        let kelvin =
            holding + airFeedback * (setpointCelsius - room.airCelsius) + heatFeedback * (holding - room.heatKelvin)
        return (kelvin / room.kelvinPerPercent).limited(to: 0...100, else: 0)
    }
}
