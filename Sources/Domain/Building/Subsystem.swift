/// A part of a building that uses energy, by the name that inventories, the energy summary and the assistant use.
package enum Subsystem: String, Sendable, CaseIterable {
    /// Air conditioning.
    case ac
    /// Lighting.
    case lighting
    /// Sockets.
    case plugLoad = "plug_load"
}
