internal import Building
internal import CivilTime
internal import Foundation
internal import JSON

/// The answers about the room's current state.
extension BuiltInAnswers {
    func now(_ result: JSON, _ topics: [QuestionSubject]) -> String {
        // The answer about the heating includes the set-point.
        let told = topics.contains(.heating) ? topics.filter { $0 != .setpoint } : topics
        let sentences = told.map { sentence($0, result) }
        let isAboutControl = told == [.heating] || told == [.setpoint]
        let worst = isAboutControl ? "" : quality(result["quality"]?.text)
        return sentences.joined(separator: " ") + worst
    }

    func why(_ result: JSON) -> String {
        let heating = result["heating"]
        var text = sentence(.temperature, result)
        if let setpoint = heating?["setpoint_celsius"]?.double {
            text += pick(
                " It is heated to \(phrases.degrees(setpoint)).", " Geheizt wird auf \(phrases.degrees(setpoint)).")
        }
        if let reason = phrases.reason(heating?["reason"], code: heating?["reason_code"]) {
            text += pick(" The heating reports: \(reason).", " Was die Heizung sagt: \(reason).")
        } else {
            text += pick(" The heating gives no reason at the moment.", " Die Heizung nennt gerade keinen Grund.")
        }
        return text
            + pick(
                " Say “a bit warmer” or “a bit cooler” and I'll change it.",
                " Sagen Sie „etwas wärmer“ oder „etwas kühler“, dann ändere ich es.")
    }

    private func reading(_ topic: QuestionSubject, _ result: JSON) -> JSON? {
        result["readings"]?.elements?.first { $0["datapoint"]?.text == topic.datapoint.name }
    }

    private func sentence(_ topic: QuestionSubject, _ result: JSON) -> String {
        if topic == .heating || topic == .setpoint { return heating(result) }
        guard let reading = reading(topic, result), let value = reading["value"], !value.isNull else {
            return missing(topic, result)
        }
        let inside = place(result).inside
        let time = phrases.time(reading["measured_at"]?.text ?? "", now: result["now"]?.text)
        guard reading["is_current"]?.bool == true else { return outdated(topic, value, time) }
        let text = formatted(topic, value)
        switch topic {
        case .temperature:
            return pick("It is \(text) \(inside) (at \(time)).", "Es sind \(text) \(inside) (\(time) Uhr).")
        case .humidity:
            return pick(
                "The relative humidity is \(text) (at \(time)).",
                "Die relative Luftfeuchtigkeit beträgt \(text) (\(time) Uhr).")
        case .air:
            return pick("CO₂ is at \(text) (at \(time)): ", "Der CO₂-Wert liegt bei \(text) (\(time) Uhr): ")
                + air(value.double ?? 0)
        case .presence:
            let (subject, _) = place(result)
            let isOccupied = value.text == "occupied"
            return pick(
                "The sensor says that \(subject) is \(isOccupied ? "occupied" : "not occupied") (at \(time)).",
                "Laut Sensor ist \(subject) \(isOccupied ? "belegt" : "nicht belegt") (\(time) Uhr).")
        case .heating, .setpoint: return ""
        }
    }

    /// Returns the rating by the guide values of the German Environment Agency for indoor air (2008).
    func air(_ ppm: Double) -> String {
        switch ppm {
        case ..<1000: pick("the air is good.", "die Luft ist gut.")
        case ..<2000:
            pick("the air is a bit stuffy, opening the window helps.", "die Luft ist etwas verbraucht, Lüften hilft.")
        default: pick("the air is bad, please open the window.", "die Luft ist schlecht, bitte lüften.")
        }
    }

    private func heating(_ result: JSON) -> String {
        guard let heating = result["heating"], !heating.isNull else {
            return pick("I have no report from the heating.", "Von der Heizung liegt keine Meldung vor.")
        }
        var parts: [String] = []
        if let valve = heating["valve_percent"]?.double {
            parts.append(
                valve <= 0
                    ? pick("the valve is closed", "das Ventil ist geschlossen")
                    : pick(
                        "the valve is \(phrases.number(valve)) % open",
                        "das Ventil ist zu \(phrases.number(valve)) % offen"))
        }
        if let setpoint = heating["setpoint_celsius"]?.double {
            parts.append(
                pick("the set-point is \(phrases.degrees(setpoint))", "der Sollwert ist \(phrases.degrees(setpoint))"))
        }
        if let wish = result["desired"]?["celsius"]?.double, wish != heating["setpoint_celsius"]?.double {
            parts.append(
                pick("\(phrases.degrees(wish)) is requested", "gewünscht sind \(phrases.degrees(wish))"))
        }
        if let mode = heating["mode"]?.text {
            parts.append(pick("mode: \(ModeWording.english(mode))", "Betriebsart: \(ModeWording.german(mode))"))
        }
        let time = phrases.time(heating["reported_at"]?.text ?? "", now: result["now"]?.text)
        let list = parts.joined(separator: ", ")
        let reason = phrases.reason(heating["reason"], code: heating["reason_code"])
        return pick("Heating at \(time): ", "Heizung um \(time): ") + (list.isEmpty ? reason ?? "–" : list)
            + (list.isEmpty ? "." : reason.map { " (\($0))." } ?? ".")
    }

    private func formatted(_ topic: QuestionSubject, _ value: JSON) -> String {
        guard let number = value.double else { return value.text ?? "?" }
        return switch topic {
        case .temperature, .setpoint: phrases.degrees(number)
        case .humidity, .heating, .presence: "\(phrases.number(number)) %"
        case .air: "\(phrases.number(number.rounded())) ppm"
        }
    }

    private func outdated(_ topic: QuestionSubject, _ value: JSON, _ time: String) -> String {
        let isOccupied = value.text == "occupied"
        let text =
            topic == .presence
            ? pick(isOccupied ? "occupied" : "not occupied", isOccupied ? "belegt" : "nicht belegt")
            : formatted(topic, value)
        return pick(
            "The newest value for \(name(topic)) is not current: \(text) at \(time); nothing has come since.",
            "Der neueste Wert für \(name(topic)) ist nicht aktuell: \(text) um \(time); seitdem kam nichts.")
    }

    private func missing(_ topic: QuestionSubject, _ result: JSON) -> String {
        if let since = stay(result) {
            return pick(
                "Nothing has been measured for \(name(topic)) \(place(result).inside) yet since \(since), when your stay "
                    + "began.",
                "Seit Beginn Ihres Aufenthalts (\(since)) gibt es \(place(result).inside) noch keinen Messwert für "
                    + "\(name(topic)).")
        }
        return pick(
            "There is no reading for \(name(topic)) \(place(result).inside).",
            "Für \(name(topic)) gibt es \(place(result).inside) keinen Messwert.")
    }

    /// Returns the start of the guest's stay if nothing before it may be told; `nil` if the result lies within the
    /// stay.
    func stay(_ result: JSON) -> String? {
        // Results give times with their offset: the calendar does not matter.
        guard let since = result["known_since"]?.text, let beginning = ISO8601Time(since)?.moment(in: .utc) else {
            return nil
        }
        if let start = result["start"]?.text.flatMap({ ISO8601Time($0) })?.moment(in: .utc) {
            guard start <= beginning else { return nil }
        }
        return phrases.time(since, now: nil)
    }

    func name(_ topic: QuestionSubject) -> String {
        switch topic {
        case .temperature: pick("temperature", "Temperatur")
        case .humidity: pick("humidity", "Luftfeuchtigkeit")
        case .air: "CO₂"
        case .presence: pick("presence", "Anwesenheit")
        case .heating: pick("the valve", "das Ventil")
        case .setpoint: pick("set-point", "Sollwert")
        }
    }
}
