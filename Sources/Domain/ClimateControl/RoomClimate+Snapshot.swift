package import Building

extension RoomClimate {
    /// What has to survive a restart. What is missing or damaged is as in a room that is met for the first time.
    package struct Snapshot: Sendable, Hashable, Codable {
        /// The set-point that someone set; `nil` while the configuration's holds.
        package var setpoint: Setpoint?
        /// The level commanded last; `nil` where there was none.
        package var level: PercentOpen?
        /// What people want of the room; `nil`: automatic.
        package var request: ModeRequest?
        /// Who wants it, and until when; `nil` where nobody said.
        package var modeChoice: ModeChoice?
        /// What was learned of the valve (K per %), of people (K) and of the outdoor temperature (K per K).
        package var strengths: [Double]?
        /// How much warmer each sensor's place is than the room, in K.
        package var offsets: [String: SensorOffset]?
        /// What was learned of warming up.
        package var minutesPerKelvin: Double?
        /// How long ago the valve was exercised, in h.
        package var exerciseAgeHours: Double?

        package init(setpoint: Setpoint? = nil, level: PercentOpen? = nil) {
            self.setpoint = setpoint
            self.level = level
        }
    }
}

extension Double {
    /// Rounded so that a snapshot does not change with every step.
    func rounded(toDecimals decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
