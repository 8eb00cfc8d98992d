/// The operating mode of a battery or car.
package enum StorageMode: String, Hashable, Sendable, CaseIterable, Codable {
    case charging, discharging, idle
}

/// A command to a battery or car.
package struct StorageCommand: Hashable, Sendable, Codable {
    /// The mode to switch to.
    package var mode: StorageMode
    /// The charging or discharging power, W, 0 or more; 0 while idle.
    package var watts: Double

    /// Creates a command.
    package init(mode: StorageMode, watts: Double) {
        self.mode = mode
        self.watts = watts
    }
}
