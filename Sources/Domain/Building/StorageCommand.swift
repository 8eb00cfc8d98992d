/// What a battery or car does with electricity.
package enum StorageMode: String, Hashable, Sendable, CaseIterable, Codable {
    case charging, discharging, idle
}

/// What a battery or car is told to do.
package struct StorageCommand: Hashable, Sendable, Codable {
    package var mode: StorageMode
    /// How fast, 0 or more; 0 while idle.
    package var watts: Double

    package init(mode: StorageMode, watts: Double) {
        self.mode = mode
        self.watts = watts
    }
}
