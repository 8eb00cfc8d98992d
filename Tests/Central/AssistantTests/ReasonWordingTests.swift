import Assistant
import Testing

@Suite struct ReasonWordingTests {
    @Test(
        arguments: [
            ("heating: 1.2 K below the set-point of 22 °C", "heizt: 1,2 K unter dem Sollwert von 22 °C"),
            ("holding: at 19 °C (eco by the schedule)", "hält: bei 19 °C (Sparbetrieb nach Zeitplan)"),
            (
                "heating: 1 K below the set-point of 23 °C (as set, in place of eco by the schedule)",
                "heizt: 1 K unter dem Sollwert von 23 °C (wie eingestellt, statt Sparbetrieb nach Zeitplan)"
            ),
            (
                "closed: 2 K above 19 °C (eco: nobody here for 3 h)",
                "geschlossen: 2 K über 19 °C (Sparbetrieb: niemand da seit 3 h)"
            ),
            (
                "heating: 0.4 K below 21 °C (pre-heating for 06:30; no usable sensor, estimated)",
                "heizt: 0,4 K unter 21 °C (Vorheizen für 06:30; kein brauchbarer Sensor, geschätzt)"
            ),
            ("heating: 1 K below 24 °C (boost, 40 min left)", "heizt: 1 K unter 24 °C (Schnellheizen, noch 40 min)"),
            ("closed: window open since 14:02", "geschlossen: Fenster offen seit 14:02"),
            ("closed: 9 K above 7 °C (off)", "geschlossen: 9 K über 7 °C (aus)"),
            ("frost protection: 6.5 °C in the room", "Frostschutz: 6,5 °C im Zimmer"),
            ("fail-safe: no usable sensor for 5 min", "Notbetrieb: kein brauchbarer Sensor seit 5 min"),
            (
                "exercise: the valve goes from end to end once a week",
                "Ventilübung: das Ventil wird einmal in der Woche ganz bewegt"
            ),
            ("something new", "something new"),
        ])
    func `puts the control loop's reasons into German`(_ english: String, _ german: String) {
        #expect(ReasonWording.german(english) == german)
    }
}
