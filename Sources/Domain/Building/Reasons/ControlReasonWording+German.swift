extension ControlReasonWording {
    /// The wording in German.
    package static let german = ControlReasonWording(
        language: "de", decimalSeparator: ",",
        sentences: { code in
            switch code {
            case .heating: ["heizt: {place}"]
            case .holding: ["hält: {place}"]
            case .closed: ["geschlossen: {place}"]
            case .exercise: ["Ventilübung: das Ventil wird einmal in der Woche ganz bewegt"]
            case .windowOpen: ["geschlossen: Fenster offen seit {since}", "geschlossen: Fenster offen seit {for}"]
            case .frostProtection: ["Frostschutz: {celsius} °C im Zimmer"]
            case .noSensor: ["Notbetrieb: kein brauchbarer Sensor seit {for}"]
            case .impossibleReading:
                [
                    "Notbetrieb: kein Zimmer ist {celsius} °C warm, {above} K über dem Sollwert, wenn das Ventil seit einer "
                        + "Stunde zu ist und draußen {outdoor} °C sind (ein Sensor in °F muss seine Einheit mitsenden)",
                    "Notbetrieb: kein Zimmer ist {celsius} °C warm, {above} K über dem Sollwert, wenn das Ventil seit einer "
                        + "Stunde zu ist (ein Sensor in °F muss seine Einheit mitsenden)",
                ]
            case .commandRefused: ["das Ventil bleibt, wie es ist: der Broker lehnt seinen Befehl ab"]
            case .commandUnanswered:
                ["das Ventil bleibt vielleicht, wie es ist: der Broker hat seinen Befehl nicht quittiert"]
            case .commandUnconfirmed:
                ["das Ventil bleibt vielleicht, wie es ist: der Broker bestätigt seinen Befehl nicht"]
            case .atMost: ["hier gehen höchstens {celsius} °C"]
            case .atLeast: ["hier gehen mindestens {celsius} °C"]
            case .notControlled: ["dieses Zimmer wird nicht geregelt"]
            case .overridden: ["im Gebäude anders eingestellt"]
            case .expired: ["die Zeit dafür war vorbei"]
            case .noTopic: ["aus seinem Namen lässt sich kein Topic bilden"]
            }
        },
        places: [
            "{below} K unter dem Sollwert von {setpoint} °C", "{above} K über dem Sollwert von {setpoint} °C",
            "am Sollwert von {setpoint} °C", "{below} K unter {target} °C", "{above} K über {target} °C",
            "bei {target} °C",
        ],
        causes: { cause in
            switch cause {
            case .ecoRequested: "Sparbetrieb gewünscht"
            case .off: "aus"
            case .frostProtectionRequested: "Frostschutz gewünscht"
            case .boost: "Schnellheizen, noch {left}"
            case .ecoBySchedule: "Sparbetrieb nach Zeitplan"
            case .ecoByAbsence: "Sparbetrieb: niemand da seit {absent}"
            case .setDespiteSchedule: "wie eingestellt, statt Sparbetrieb nach Zeitplan"
            case .setDespiteAbsence: "wie eingestellt, statt Sparbetrieb: niemand da seit {absent}"
            case .preheating: "Vorheizen für {start}"
            }
        },
        estimate: "kein brauchbarer Sensor, geschätzt")
}
