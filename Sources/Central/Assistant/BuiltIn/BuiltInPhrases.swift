internal import Building
internal import CivilTime
internal import JSON

/// The built-in model's phrases without data in both languages, and its format of numbers and times.
struct BuiltInPhrases {
    let language: Language
    let isOperator: Bool
    /// A Boolean value that indicates whether the temperature can be set.
    var canSet = true
    /// The current year, which dates omit.
    var thisYear: Int?

    func pick(_ english: String, _ german: String) -> String { language == .german ? german : english }

    /// Returns a reason of a tool's result in words.
    ///
    /// - Parameter words: The English words, used if `code` is not the code of a reason.
    func reason(_ words: JSON?, code: JSON?) -> String? {
        code?.text.flatMap(ControlReason.init(text:)).map(language.reasonWording.words) ?? words?.text
    }

    var examples: String {
        if isOperator {
            return pick(
                "“How warm is room 101?”, “CO2 in room 102 last night”, “list all rooms” or “energy last week as a file”",
                "„Wie warm ist Zimmer 101?“, „CO2 in Zimmer 102 letzte Nacht“, „alle Zimmer“ oder „Energie der letzten "
                    + "Woche als Datei“")
        }
        guard canSet else {
            return pick(
                "“How warm is it?”, “How was the air last night?”, “Why is it cold?” or “Send me the hotel's energy of "
                    + "last week as a file”",
                "„Wie warm ist es?“, „Wie war die Luft letzte Nacht?“, „Warum ist es kalt?“ oder „Schick mir den "
                    + "Energieverbrauch der letzten Woche als Datei“")
        }
        return pick(
            "“How warm is it?”, “How was the air last night?”, “Why is it cold?”, “Set 23 °C until 10 pm”, “a bit "
                + "warmer”, “undo” or “Send me the hotel's energy of last week as a file”",
            "„Wie warm ist es?“, „Wie war die Luft letzte Nacht?“, „Warum ist es kalt?“, „Stell 23 °C bis 22 Uhr“, „etwas "
                + "wärmer“, „rückgängig“ oder „Schick mir den Energieverbrauch der letzten Woche als Datei“")
    }

    var greeting: String {
        let greeting = pick("Hello! ", "Hallo! ")
        return greeting
            + pick(
                "Ask me about the room, for example \(examples).",
                "Fragen Sie mich zum Zimmer, zum Beispiel \(examples).")
    }

    var thanks: String { pick("You're welcome!", "Gern geschehen!") }

    var help: String {
        guard canSet else {
            return pick(
                "I know what the room measures now and what it was before, how comfortable it was and why, and the "
                    + "building's energy. Try \(examples).",
                "Ich weiß, was im Zimmer jetzt gemessen wird und was vorher war, wie behaglich es war und warum, und "
                    + "kenne den Energieverbrauch des Gebäudes. Versuchen Sie \(examples).")
        }
        return pick(
            "I know what the room measures now and what it was before, how comfortable it was and why, and the "
                + "building's energy, and I can set the temperature. Try \(examples).",
            "Ich weiß, was im Zimmer jetzt gemessen wird und was vorher war, wie behaglich es war und warum, und kenne "
                + "den Energieverbrauch des Gebäudes; die Temperatur kann ich einstellen. Versuchen Sie \(examples).")
    }

    var unknown: String {
        pick(
            "Sorry, I did not understand that. I understand questions such as \(examples).",
            "Das habe ich leider nicht verstanden. Ich verstehe zum Beispiel \(examples).")
    }

    var ownRoomOnly: String {
        pick("I can only speak about your own room.", "Ich kann nur über Ihr eigenes Zimmer Auskunft geben.")
    }

    var future: String {
        pick(
            "I can't look into the future: I only know what has been measured.",
            "In die Zukunft sehe ich nicht: Ich kenne nur, was gemessen wurde.")
    }

    /// Asks what a change means, and says that nothing is changed.
    func unclear(_ part: UnclearPart) -> String {
        let words = part.words
        switch part.kind {
        case .end:
            return pick(
                "Until when? I did not understand the end, so nothing was changed. Write for example “until 22:00” or "
                    + "“for two hours”, or leave the end out.",
                "Bis wann? Das Ende habe ich nicht verstanden, darum ist nichts geändert. Schreiben Sie zum Beispiel „bis "
                    + "22 Uhr“ oder „für zwei Stunden“, oder lassen Sie das Ende weg.")
        case .time:
            return pick(
                "I can't change the temperature for a later time yet (“\(words)”), so nothing was changed. I can do it now, "
                    + "also until a time: “Set 23 °C until 22:00”.",
                "Für eine spätere Zeit („\(words)“) kann ich die Temperatur noch nicht ändern, darum ist nichts geändert. "
                    + "Jetzt kann ich es, auch bis zu einer bestimmten Zeit: „Stell 23 °C bis 22 Uhr“.")
        case .condition:
            return pick(
                "I can't wait for that (“\(words)”), so nothing was changed. I can change the temperature now, also until a "
                    + "time: “Set 23 °C until 22:00”.",
                "Darauf („\(words)“) kann ich nicht warten, darum ist nichts geändert. Jetzt kann ich die Temperatur "
                    + "ändern, auch bis zu einer bestimmten Zeit: „Stell 23 °C bis 22 Uhr“.")
        case .place, .person:
            return isOperator
                ? pick(
                    "I did not understand which room “\(words)” is, so nothing was changed. Write for example “Set room 101 "
                        + "to 23 °C”.",
                    "Welches Zimmer „\(words)“ ist, habe ich nicht verstanden, darum ist nichts geändert. Schreiben Sie zum "
                        + "Beispiel „Stell Zimmer 101 auf 23 °C“.")
                : pick(
                    "I can only set the temperature of your own room and can't act on “\(words)”, so nothing was changed. "
                        + "For your room write for example “Set 23 °C”.",
                    "Ich kann nur die Temperatur Ihres eigenen Zimmers ändern und mit „\(words)“ nichts anfangen, darum "
                        + "ist nichts geändert. Für Ihr Zimmer schreiben Sie zum Beispiel „Stell 23 °C“.")
        case .limit:
            return pick(
                "I did not understand “\(words)”, so nothing was changed. Please write the temperature that you want, for "
                    + "example “Set 22 °C”.",
                "„\(words)“ habe ich nicht verstanden, darum ist nichts geändert. Bitte schreiben Sie die gewünschte "
                    + "Temperatur, zum Beispiel „Stell 22 °C“.")
        case .question:
            return pick(
                "I take that as a question, so nothing was changed. To change the temperature, write for example “Set 23 °C”.",
                "Das verstehe ich als Frage, darum ist nichts geändert. Um die Temperatur zu ändern, schreiben Sie zum "
                    + "Beispiel „Stell 23 °C“.")
        case .tale:
            return pick(
                "I am not sure whether to change that now (“\(words)”), so nothing was changed. To change it now, "
                    + "write only that, for example “Set 23 °C” or “a bit warmer”.",
                "Ob das jetzt geändert werden soll („\(words)“), ist mir nicht klar, darum ist nichts geändert. Um es jetzt "
                    + "zu ändern, schreiben Sie nur das, zum Beispiel „Stell 23 °C“ oder „etwas wärmer“.")
        case .number:
            return pick(
                "I am not sure what “\(words)” means, so nothing was changed. Please write one temperature, and an end if "
                    + "there is one: “Set 23 °C until 22:00”.",
                "Was „\(words)“ bedeutet, ist mir nicht klar, darum ist nichts geändert. Bitte schreiben Sie eine "
                    + "Temperatur und, wenn es eines gibt, das Ende: „Stell 23 °C bis 22 Uhr“.")
        case .words:
            return pick(
                "I did not understand “\(words)”, so nothing was changed. Please write it in other words, for example “Set "
                    + "23 °C” or “a bit warmer”.",
                "„\(words)“ habe ich nicht verstanden, darum ist nichts geändert. Bitte schreiben Sie es mit anderen "
                    + "Worten, zum Beispiel „Stell 23 °C“ oder „etwas wärmer“.")
        }
    }

    /// The remark after an answer to a message that may have meant a change.
    var nothingChanged: String { pick("Nothing was changed.", "Es wurde nichts geändert.") }

    var whichRoom: String {
        pick(
            "Which room do you mean? Please name it, for example “How warm is room 101?”",
            "Welches Zimmer meinen Sie? Bitte nennen Sie es, zum Beispiel „Wie warm ist Zimmer 101?“")
    }

    var noSetpoint: String {
        pick(
            "I don't know the current set-point, so please give a temperature, for example “Set 22 °C”.",
            "Den jetzigen Sollwert kenne ich nicht; bitte nennen Sie eine Temperatur, zum Beispiel „Stell 22 °C“.")
    }

    /// Answers a request to switch the heating off.
    ///
    /// - Parameter lowest: The lowest set-point, °C.
    func switchOff(_ lowest: Double?) -> String {
        guard let lowest else { return unknown }
        return pick(
            "I can't switch the heating off, but I can set it as low as \(degrees(lowest)): write “Set "
                + "\(degrees(lowest))”.",
            "Ausschalten kann ich die Heizung nicht, aber bis auf \(degrees(lowest)) hinunter: Schreiben Sie „Stell "
                + "\(degrees(lowest))“.")
    }

    var cannotSet: String {
        pick(
            "I can't change the temperature from here. Please ask at reception, or use the control in the room.",
            "Die Temperatur kann ich von hier aus nicht ändern. Bitte wenden Sie sich an die Rezeption oder stellen Sie "
                + "sie am Regler im Zimmer ein.")
    }

    var nothingToUndo: String {
        pick(
            "There is no change in this conversation that I could undo.",
            "In diesem Gespräch gibt es keine Änderung, die ich zurücknehmen könnte.")
    }

    func atLimit(_ celsius: Double) -> String {
        pick(
            "It is set to \(degrees(celsius)) already, which is as far as I can go.",
            "Es sind schon \(degrees(celsius)) eingestellt; weiter kann ich nicht gehen.")
    }

    func outsideLimits(_ limits: ClosedRange<Double>) -> String {
        pick(
            "I can set the room from \(number(limits.lowerBound)) to \(degrees(limits.upperBound)).",
            "Ich kann das Zimmer auf \(number(limits.lowerBound)) bis \(degrees(limits.upperBound)) einstellen.")
    }

    func toolFailed(_ name: String) -> String {
        name == SetTemperatureTool.name
            ? pick(
                "Sorry, I could not set that. Please try again in a minute.",
                "Das konnte ich leider nicht einstellen. Bitte versuchen Sie es in einer Minute noch einmal.")
            : pick(
                "Sorry, I can't get at that data at the moment. Please try again in a minute.",
                "An diese Daten komme ich gerade leider nicht heran. Bitte versuchen Sie es in einer Minute noch einmal."
            )
    }

    // MARK: Numbers and times

    /// Returns a number with at most one decimal: `22`, `22.4`, in German `22,4`.
    func number(_ value: Double) -> String {
        let tenths = Int((min(max(value, -1e9), 1e9) * 10).rounded())
        let whole = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10)"
        return abs(tenths) % 10 == 0 ? whole : whole + pick(".", ",") + "\(abs(tenths) % 10)"
    }

    func degrees(_ celsius: Double) -> String { number(celsius) + " °C" }

    /// Returns `08:00` on the day of `now`, otherwise `20 Nov 08:00` or `20.11. 08:00`. Both times are local, as in
    /// results.
    func time(_ text: String, now: String?) -> String {
        guard let time = ISO8601Time(text)?.wall else { return text }
        let isToday = now.flatMap { ISO8601Time($0) }?.wall.date == time.date
        return isToday ? time.clock : "\(date(time.date)) \(time.clock)"
    }

    /// Returns `20 Nov` for a whole day, `20 Nov 22:00 – 21 Nov 06:00`, or `21 Nov 06:00–08:12`.
    func range(_ startText: String, _ endText: String) -> String {
        guard let start = ISO8601Time(startText)?.wall, let end = ISO8601Time(endText)?.wall else {
            return "\(startText) – \(endText)"
        }
        if start.second == 0, end.second == 0 {
            let last = end.date.adding(days: -1)
            return last <= start.date ? date(start.date) : "\(date(start.date)) – \(date(last))"
        }
        if start.date == end.date { return "\(date(start.date)) \(start.clock)–\(end.clock)" }
        return "\(date(start.date)) \(start.clock) – \(date(end.date)) \(end.clock)"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private func date(_ date: CivilDate) -> String {
        let (year, month, day) = date.parts
        let isThisYear = thisYear == nil || thisYear == year
        return pick("\(day) \(Self.months[month - 1])", "\(day).\(month).")
            + (isThisYear ? "" : pick(" \(year)", "\(year)"))
    }

}

extension Language {
    /// The wording of the control loop's reasons.
    fileprivate var reasonWording: ControlReasonWording {
        switch self {
        case .english: .english
        case .german: .german
        }
    }
}
