internal import Building
internal import JSON

/// The answers about the past and about changes.
extension BuiltInAnswers {
    func history(_ result: JSON) -> String {
        guard let topic = QuestionSubject.allCases.first(where: { $0.datapoint.name == result["datapoint"]?.text })
        else {
            return result.description
        }
        guard let value = result["value"], !value.isNull else {
            if let since = stay(result) { return nothing(since, name(topic), result) }
            return pick(
                "There is no data for \(name(topic)) in that time \(over(result)).",
                "Für \(name(topic)) gibt es in dieser Zeit \(over(result)) keine Daten.")
        }
        let time = result["measured_at"]?.text.map { phrases.time($0, now: nil) }
        let text = historyValue(topic, value)
        let at = time.map { pick(", at \($0)", ", um \($0)") } ?? ""
        let sentence =
            switch result["statistic"]?.text {
            case "minimum":
                pick("Lowest \(name(topic)): \(text)\(at)", "Niedrigster Wert für \(name(topic)): \(text)\(at)")
            case "maximum":
                pick("Highest \(name(topic)): \(text)\(at)", "Höchster Wert für \(name(topic)): \(text)\(at)")
            case "last_seen":
                pick("Last value for \(name(topic)): \(text)\(at)", "Letzter Wert für \(name(topic)): \(text)\(at)")
            default:
                topic == .presence
                    ? pick("The room was occupied \(text) of the time", "Das Zimmer war \(text) der Zeit belegt")
                    : pick("Average \(name(topic)): \(text)", "Durchschnitt für \(name(topic)): \(text)")
            }
        let verdict = topic == .air && result["statistic"]?.text != "last_seen" ? verdict(value) : ""
        return "\(sentence) \(over(result))." + verdict + trust(result)
    }

    private func nothing(_ since: String, _ name: String, _ result: JSON) -> String {
        pick(
            "I have no data for \(name) from your stay \(over(result)). It began at \(since), and I can't tell you "
                + "anything about the time before.",
            "Aus Ihrem Aufenthalt habe ich \(over(result)) keine Daten für \(name). Er begann am \(since); über die Zeit "
                + "davor kann ich nichts sagen.")
    }

    private func verdict(_ value: JSON) -> String {
        guard let ppm = value.double else { return "" }
        return switch ppm {
        case ..<1000: pick(" That is good air.", " Das ist gute Luft.")
        case ..<2000: pick(" That is a bit stuffy.", " Das ist etwas verbrauchte Luft.")
        default: pick(" That is bad air.", " Das ist schlechte Luft.")
        }
    }

    private func historyValue(_ topic: QuestionSubject, _ value: JSON) -> String {
        guard let number = value.double else {
            switch value.text {
            case "occupied": return pick("occupied", "belegt")
            case "unoccupied": return pick("not occupied", "nicht belegt")
            default: return value.text ?? "?"
            }
        }
        return switch topic {
        case .temperature, .setpoint: phrases.degrees(number)
        case .air: "\(phrases.number(number.rounded())) ppm"
        case .humidity, .heating, .presence: "\(phrases.number(number)) %"
        }
    }

    func comfort(_ result: JSON) -> String {
        guard let within = result["within_percent"]?.double else {
            if let since = stay(result) { return nothing(since, name(.temperature), result) }
            return pick(
                "There is no temperature data for that time \(over(result)).",
                "Für diese Zeit \(over(result)) gibt es keine Temperaturdaten.")
        }
        let low = phrases.number(result["comfort_celsius"]?["minimum"]?.double ?? 0)
        let high = phrases.degrees(result["comfort_celsius"]?["maximum"]?.double ?? 0)
        let share = phrases.number(within.rounded())
        var text = pick(
            "The room was comfortable (\(low)–\(high)) for \(share) % of the time \(over(result)).",
            "Das Zimmer war \(share) % der Zeit behaglich (\(low)–\(high)) \(over(result)).")
        if let average = result["average_celsius"]?.double, let minimum = result["minimum_celsius"]?.double,
            let maximum = result["maximum_celsius"]?.double
        {
            text += pick(
                " On average \(phrases.degrees(average)), from \(phrases.number(minimum)) to \(phrases.degrees(maximum)).",
                " Im Mittel \(phrases.degrees(average)), von \(phrases.number(minimum)) bis \(phrases.degrees(maximum))."
            )
        }
        for discomfort in (result["outside"]?.elements ?? []).prefix(3) { text += " " + sentence(discomfort) }
        return text + trust(result)
    }

    private func sentence(_ discomfort: JSON) -> String {
        let range = phrases.range(discomfort["start"]?.text ?? "", discomfort["end"]?.text ?? "")
        let extreme = discomfort["extreme_celsius"]?.double.map(phrases.degrees) ?? "?"
        let isCold = discomfort["kind"]?.text == "too_cold"
        let kind = isCold ? pick("Too cold", "Zu kalt") : pick("Too warm", "Zu warm")
        let codes = discomfort["reason_codes"]?.elements ?? []
        let reasons = (discomfort["reasons"]?.elements ?? []).enumerated().compactMap { index, words in
            phrases.reason(words, code: codes.indices.contains(index) ? codes[index] : nil)
        }
        let cause = reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; ")
        return "\(kind) \(range) (\(extreme))\(cause)."
    }

    func change(_ result: JSON, isUndo: Bool) -> String {
        let until = result["desired"]?["until"]?.text.map { phrases.time($0, now: result["now"]?.text) }
        let end = until.map { pick(" until \($0)", " bis \($0)") } ?? ""
        let start = isUndo ? pick("Undone: ", "Zurückgenommen: ") : pick("Done: ", "Erledigt: ")
        let inside = place(result)
        let goal: String =
            if let celsius = result["desired"]?["celsius"]?.double {
                pick(
                    "\(inside.subject) is set to \(phrases.degrees(celsius))\(end).",
                    "\(inside.subject) ist auf \(phrases.degrees(celsius)) eingestellt\(end).")
            } else {
                pick("\(inside.subject) follows its schedule again.", "\(inside.subject) folgt wieder seinem Zeitplan.")
            }
        let taken = taken(result)
        let undo = isUndo ? "" : pick(" Say “undo” to take it back.", " Mit „rückgängig“ nehmen Sie es zurück.")
        return start + goal + taken + undo
    }

    /// Returns the gateway's answer to a desired set-point.
    private func taken(_ result: JSON) -> String {
        let isApplied = result["is_applied"]?.bool == true
        let reported =
            result["reported_setpoint_celsius"]?.double.map { celsius in
                pick(
                    " It reports a set-point of \(phrases.degrees(celsius)).",
                    " Sie meldet \(phrases.degrees(celsius)) als Sollwert.")
            } ?? ""
        if let reason = phrases.reason(result["reason"], code: result["reason_code"]) {
            return pick(
                " The heating has not applied it exactly as requested: \(reason).",
                " Die Heizung nahm es nicht genau so: \(reason).") + reported
        }
        guard isApplied else {
            return pick(
                " The heating has not confirmed it yet; it will do so as soon as it can be reached.",
                " Die Heizung hat es noch nicht bestätigt; das folgt, sobald sie erreichbar ist.")
        }
        return pick(" The heating has accepted it.", " Die Heizung hat es übernommen.") + reported
    }
}
