internal import Building
internal import JSON

/// Turns the results of tools into sentences. Like any other model, it knows only the result's JSON.
struct BuiltInAnswers {
    let phrases: BuiltInPhrases

    func pick(_ english: String, _ german: String) -> String { phrases.pick(english, german) }

    func sentences(for outcome: ToolOutcome, intent: Intent) -> String {
        let result = outcome.content
        switch (outcome.name, intent) {
        case (LatestReadingsTool.name, .why): return why(result)
        case (LatestReadingsTool.name, .now(let topics)): return now(result, topics)
        case (ReadingHistoryTool.name, _): return history(result)
        case (ComfortReportTool.name, _): return comfort(result)
        case (EnergySummaryTool.name, _): return energy(result)
        case (ListRoomsTool.name, _): return rooms(result)
        default: return outcome.summary
        }
    }

    /// Returns `your room`, or for operators the room's name.
    func place(_ result: JSON) -> (subject: String, inside: String) {
        let name = result["room"]?.text ?? ""
        guard phrases.isOperator, !name.isEmpty else {
            return (pick("your room", "Ihr Zimmer"), pick("in your room", "in Ihrem Zimmer"))
        }
        return (name, "in \(name)")
    }

    /// Returns a remark about coverage and quality; empty if both are good.
    func trust(_ result: JSON) -> String {
        var text = ""
        if let coverage = result["coverage_percent"]?.double {
            text += pick(
                " There is data for \(phrases.number(coverage)) % of that time.",
                " Daten gibt es für \(phrases.number(coverage)) % dieser Zeit.")
        }
        return text + quality(result["quality"]?.text)
    }

    func quality(_ name: String?) -> String {
        switch name {
        case "degraded":
            pick(
                " Some sensors are missing or disagree, so it is less certain than usual.",
                " Einige Sensoren fehlen oder sind sich uneins, darum ist es unsicherer als sonst.")
        case "estimated":
            pick(" This is an estimate: no sensor is responding.", " Das ist geschätzt, denn kein Sensor antwortet.")
        case "failed":
            pick(" The sensors are not reliable at the moment.", " Die Sensoren sind gerade nicht verlässlich.")
        default: ""
        }
    }

    /// Returns the preposition for a range of time.
    func over(_ result: JSON) -> String {
        "(" + phrases.range(result["start"]?.text ?? "", result["end"]?.text ?? "") + ")"
    }

    private func rooms(_ result: JSON) -> String {
        let buildings = (result["buildings"]?.elements ?? []).map { building -> String in
            let floors = (building["floors"]?.elements ?? []).map { floor in
                let rooms = (floor["rooms"]?.elements ?? []).compactMap { $0["name"]?.text }
                return "\(floor["name"]?.text ?? ""): \(rooms.joined(separator: ", "))"
            }
            return "\(building["name"]?.text ?? ""):\n" + floors.joined(separator: "\n")
        }
        return buildings.isEmpty
            ? pick("There are no rooms yet.", "Es gibt noch keine Zimmer.") : buildings.joined(separator: "\n")
    }

    private func energy(_ result: JSON) -> String {
        let name = result["file"]?["name"]?.text ?? ""
        let parts = (result["totals"]?.members ?? []).compactMap { member -> String? in
            member.value.double.map { "\(subsystem(member.name)) \(phrases.number($0)) kWh" }
        }
        guard let total = result["total"]?.double else {
            return pick(
                "There is no energy data for that time \(over(result)); the file \(name) is attached, without values.",
                "Für diese Zeit \(over(result)) gibt es keine Energiedaten; die Datei \(name) liegt ohne Werte bei.")
        }
        let sum = "\(phrases.number(total)) kWh" + (parts.count > 1 ? ": \(parts.joined(separator: ", "))" : "")
        let expiry = result["file"]?["expires_at"]?.text.map { phrases.time($0, now: result["end"]?.text) } ?? ""
        return pick(
            "Here is the building's energy as a file: \(name) \(over(result)). In total \(sum).",
            "Hier ist der Energieverbrauch des Gebäudes als Datei: \(name) \(over(result)). Insgesamt \(sum).")
            + trust(result) + pick(" The link works until \(expiry).", " Der Link gilt bis \(expiry).")
    }

    private func subsystem(_ name: String) -> String {
        switch Subsystem(rawValue: name) {
        case .ac: pick("air conditioning", "Klima")
        case .lighting: pick("lighting", "Licht")
        case .plugLoad: pick("sockets", "Steckdosen")
        case nil: name
        }
    }
}
