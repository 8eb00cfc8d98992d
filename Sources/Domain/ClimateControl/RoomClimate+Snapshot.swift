package import Building

extension RoomClimate {
    /// The state of a room's control that must survive a restart. Missing or damaged values are treated as in a room
    /// that is met for the first time.
    package struct Snapshot: Sendable, Hashable, Codable {
        /// The set-point that someone set; `nil` while the configured one applies.
        package var setpoint: Setpoint?
        /// The last commanded level; `nil` if there was none.
        package var level: PercentOpen?
        /// The mode that people requested; `nil` for automatic.
        package var request: ModeRequest?
        /// The requested mode with its history; `nil` if unknown.
        package var modeChoice: ModeChoice?
        /// The learned effects of the valve (K per %), of people (K) and of the outdoor temperature (K per K).
        package var strengths: [Double]?
        /// The offset of each sensor's place from the room, K.
        package var offsets: [String: SensorOffset]?
        /// The learned lead time of warming up, min per K.
        package var minutesPerKelvin: Double?
        /// The time since the valve was exercised, h.
        package var exerciseAgeHours: Double?

        /// Creates a snapshot in which nothing was learned.
        package init(setpoint: Setpoint? = nil, level: PercentOpen? = nil) {
            self.setpoint = setpoint
            self.level = level
        }
    }
}

extension Double {
    /// Returns the number rounded, so that a snapshot does not change with every step.
    func rounded(toDecimals decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
