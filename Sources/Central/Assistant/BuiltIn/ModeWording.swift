/// The control loop's modes in words. What is not known stays as it is.
enum ModeWording {
    private static let germanNames = [
        "comfort": "Komfort", "eco": "Sparbetrieb", "preheat": "Vorheizen", "boost": "Schnellheizen",
        "frost_protection": "Frostschutz", "window_open": "Fenster offen", "off": "aus",
    ]

    /// `window open`
    static func english(_ mode: String) -> String { mode.split(separator: "_").joined(separator: " ") }

    static func german(_ mode: String) -> String { germanNames[mode] ?? mode }
}
