/// The wording of the control loop's modes. Unknown modes are left unchanged.
enum ModeWording {
    private static let germanNames = [
        "comfort": "Komfort", "eco": "Sparbetrieb", "preheat": "Vorheizen", "boost": "Schnellheizen",
        "frost_protection": "Frostschutz", "window_open": "Fenster offen", "off": "aus",
    ]

    /// Returns the mode in English, such as `window open`.
    static func english(_ mode: String) -> String { mode.split(separator: "_").joined(separator: " ") }

    static func german(_ mode: String) -> String { germanNames[mode] ?? mode }
}
