import Building
import Foundation
import Rig
import Testing

@Suite struct ControlReasonWordingTests {
    @Test(arguments: [
        (
            "heating below=1.2 setpoint=22", "heating: 1.2 K below the set-point of 22 °C",
            "heizt: 1,2 K unter dem Sollwert von 22 °C"
        ),
        ("holding setpoint=22", "holding: at the set-point of 22 °C", "hält: am Sollwert von 22 °C"),
        (
            "holding target=19 cause=eco_schedule", "holding: at 19 °C (scheduled eco)",
            "hält: bei 19 °C (Sparbetrieb nach Zeitplan)"
        ),
        (
            "heating below=1 setpoint=23 cause=set_despite_schedule",
            "heating: 1 K below the set-point of 23 °C (as set, instead of scheduled eco)",
            "heizt: 1 K unter dem Sollwert von 23 °C (wie eingestellt, statt Sparbetrieb nach Zeitplan)"
        ),
        (
            "closed above=2 target=19 cause=eco_absence absent=3h",
            "closed: 2 K above 19 °C (eco: nobody here for 3 h)",
            "geschlossen: 2 K über 19 °C (Sparbetrieb: niemand da seit 3 h)"
        ),
        (
            "heating below=0.4 target=21 cause=preheating start=06:30 estimated=yes",
            "heating: 0.4 K below 21 °C (pre-heating for 06:30; no usable sensor, estimated)",
            "heizt: 0,4 K unter 21 °C (Vorheizen für 06:30; kein brauchbarer Sensor, geschätzt)"
        ),
        (
            "heating below=1 target=24 cause=boost left=40min", "heating: 1 K below 24 °C (boost, 40 min left)",
            "heizt: 1 K unter 24 °C (Schnellheizen, noch 40 min)"
        ),
        ("closed above=9 target=7 cause=off", "closed: 9 K above 7 °C (off)", "geschlossen: 9 K über 7 °C (aus)"),
        (
            "window_open since=14:02", "closed: window open since 14:02", "geschlossen: Fenster offen seit 14:02"
        ),
        ("window_open for=3min", "closed: window open for 3 min", "geschlossen: Fenster offen seit 3 min"),
        ("frost_protection celsius=6.5", "frost protection: 6.5 °C in the room", "Frostschutz: 6,5 °C im Zimmer"),
        (
            "no_sensor for=5min", "fail-safe: no usable sensor for 5 min",
            "Notbetrieb: kein brauchbarer Sensor seit 5 min"
        ),
        (
            "exercise", "exercise: the valve is fully opened and closed once a week",
            "Ventilübung: das Ventil wird einmal in der Woche ganz bewegt"
        ),
        (
            "impossible_reading celsius=41 above=19 outdoor=-12.5",
            "fail-safe: no room is 41 °C warm, 19 K above its set-point, with the valve shut for an hour and -12.5 °C "
                + "outside (a sensor that reports °F must send its unit)",
            "Notbetrieb: kein Zimmer ist 41 °C warm, 19 K über dem Sollwert, wenn das Ventil seit einer Stunde zu ist und "
                + "draußen -12,5 °C sind (ein Sensor in °F muss seine Einheit mitsenden)"
        ),
        ("at_most celsius=24.5", "this building allows at most 24.5 °C", "hier gehen höchstens 24,5 °C"),
        ("overridden", "someone in the building set something else", "im Gebäude anders eingestellt"),
    ])
    func `words a reason in English and in German`(text: String, english: String, german: String) {
        #expect(ControlReasonWording.english.words(forStored: text) == english)
        #expect(ControlReasonWording.german.words(forStored: text) == german)
    }

    @Test(arguments: ControlReasonWording.all.map(\.language))
    func `has words for every reason, with all that it says`(language: String) throws {
        let wording = try #require(ControlReasonWording.all.first { $0.language == language })
        var words = Set<String>()
        for reason in ReasonExamples.all {
            let said = wording.words(for: reason)
            #expect(said != reason.text && !said.contains("{") && !said.contains("}"), "\(reason): \(said)")
            // Home Assistant shows no more.
            #expect(said.count <= 255)
            words.insert(said)
        }
        // Two reasons that differ are not worded alike.
        #expect(words.count == ReasonExamples.all.count)
    }

    @Test func `languages are told apart`() {
        #expect(Set(ControlReasonWording.all.map(\.language)).count == ControlReasonWording.all.count)
        for reason in ReasonExamples.all {
            let words = Set(ControlReasonWording.all.map { $0.words(for: reason) })
            #expect(words.count == ControlReasonWording.all.count, "\(reason)")
        }
    }

    @Test func `the reference lists every code and every cause`() throws {
        let page = try String(contentsOfFile: Checkout.file("docs/reference/control-reasons.md"), encoding: .utf8)
        for code in ControlReason.Code.allCases { #expect(page.contains("| `\(code.rawValue)"), "\(code.rawValue)") }
        for cause in ControlReason.CauseCode.allCases {
            #expect(page.contains("| `\(cause.rawValue)"), "\(cause.rawValue)")
        }
        // Its examples are reasons, with their words beside them.
        var examples = 0
        for line in page.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.split(separator: "`") }
            guard cells.count >= 3, cells[1].count == 3, cells[2].count == 1 else { continue }
            let text = String(cells[1][1])
            guard let reason = ControlReason(text: text) else { continue }
            let words = cells[2][0].split(separator: " ").joined(separator: " ")
            #expect(words == ControlReasonWording.english.words(for: reason), "\(text)")
            examples += 1
        }
        #expect(examples >= ControlReason.Code.allCases.count + ControlReason.CauseCode.allCases.count)
    }
}
