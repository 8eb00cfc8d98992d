/// What a battery or car does with electricity.
public enum StorageMode: String, Hashable, Sendable, CaseIterable, Codable {
    case charging, discharging, idle
}

/// What a battery or car is told to do.
public struct StorageCommand: Hashable, Sendable, Codable {
    public var mode: StorageMode
    /// How fast, 0 or more; 0 while idle.
    public var watts: Double

    public init(mode: StorageMode, watts: Double) {
        self.mode = mode
        self.watts = watts
    }
}
