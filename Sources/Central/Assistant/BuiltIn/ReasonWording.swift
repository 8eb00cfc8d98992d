/// The German wording of the control loop's reasons, which it gives in English. Unknown ones are left unchanged.
package enum ReasonWording {
    /// The phrases; longer ones come before those they contain.
    private static let phrases: [(english: String, german: String)] = [
        ("the valve goes from end to end once a week", "das Ventil wird einmal in der Woche ganz bewegt"),
        ("no usable sensor, estimated", "kein brauchbarer Sensor, geschätzt"),
        ("no usable sensor for", "kein brauchbarer Sensor seit"), ("window open since", "Fenster offen seit"),
        ("window open for", "Fenster offen seit"), ("below the set-point of", "unter dem Sollwert von"),
        ("above the set-point of", "über dem Sollwert von"), ("at the set-point of", "am Sollwert von"),
        ("as set, in place of", "wie eingestellt, statt"),
        ("eco: nobody here for", "Sparbetrieb: niemand da seit"), ("eco by the schedule", "Sparbetrieb nach Zeitplan"),
        ("pre-heating for", "Vorheizen für"), ("boost, ", "Schnellheizen, noch "), (" left)", ")"), ("(off)", "(aus)"),
        ("frost protection asked for", "Frostschutz gewünscht"), ("frost protection", "Frostschutz"),
        ("fail-safe", "Notbetrieb"), ("set otherwise in the building", "im Gebäude anders eingestellt"),
        ("this building allows at most", "hier gehen höchstens"),
        ("this building allows at least", "hier gehen mindestens"),
        ("this room is not under control", "dieses Zimmer wird nicht geregelt"),
        ("its time was over", "die Zeit dafür war vorbei"),
        ("in the room", "im Zimmer"), ("exercise:", "Ventilübung:"), ("heating:", "heizt:"), ("holding:", "hält:"),
        ("closed:", "geschlossen:"), (" below ", " unter "), (" above ", " über "), (" at ", " bei "),
    ]

    /// Returns a reason in German.
    package static func german(_ reason: String) -> String {
        // German has a decimal comma: “0,4 K”.
        let decimals = reason.replacing(#/([0-9])\.([0-9])/#) { "\($0.1),\($0.2)" }
        return phrases.reduce(decimals) { text, phrase in
            text.split(separator: phrase.english, omittingEmptySubsequences: false).joined(separator: phrase.german)
        }
    }
}
