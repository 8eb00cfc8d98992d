import Assistant
import Building
import Synchronization
import Testing

/// Sixty questions that guests write, and what each has to become.
@Suite struct BuiltInModelTests {
    struct Case: Sendable, CustomStringConvertible {
        var question: String
        /// `tool {arguments}`, one after another; empty: an answer without tools.
        var calls: [String]
        /// What the answer has to hold.
        var answer: String

        init(_ question: String, _ calls: [String], _ answer: String) {
            self.question = question
            self.calls = calls
            self.answer = answer
        }

        var description: String { question }
    }

    private static let latest = "latest_readings {}"

    private static func history(_ datapoint: String, _ statistic: String, _ start: String, _ end: String) -> String {
        "reading_history {\"datapoint\":\"\(datapoint)\",\"statistic\":\"\(statistic)\",\(range(start, end))}"
    }

    private static func range(_ start: String, _ end: String) -> String {
        "\"start\":\"\(start):00+01:00\",\"end\":\"\(end):00+01:00\""
    }

    private static func comfort(_ start: String, _ end: String) -> String { "comfort_report {\(range(start, end))}" }

    private static func energy(_ resolution: String, _ start: String, _ end: String, more: String = "") -> String {
        "energy_summary {\"resolution\":\"\(resolution)\",\(more)\(range(start, end))}"
    }

    private static func set(_ celsius: String, until: String? = nil) -> String {
        "set_temperature {\"celsius\":\(celsius)\(until.map { ",\"until\":\"\($0):00+01:00\"" } ?? "")}"
    }

    private static let lastNight = ("2026-11-20T22:00", "2026-11-21T06:00")
    private static let now = "2026-11-21T08:30"

    static let english: [Case] = [
        Case("How warm is my room?", [latest], "It is 21.4 °C in your room (at 08:29)."),
        Case("What's the temperature right now?", [latest], "21.4 °C"),
        Case("Is it cold in here?", [latest], "21.4 °C"),
        Case("Hello, how humid is it?", [latest], "The relative humidity is 44.6 %"),
        Case("How is the air?", [latest], "CO₂ is at 1180 ppm (at 08:29): the air is a bit stuffy"),
        Case("What is the CO2 level", [latest], "1180 ppm"),
        Case("Is my room occupied?", [latest], "The newest value for presence is not current: occupied at 06:30"),
        Case("Is the heating on?", [latest], "Heating at 08:29: the valve is closed, the set-point is 22 °C"),
        Case("how far is the valve open", [latest], "the valve is closed"),
        Case("Why is it so cold?", [latest], "The heating reports: closed: window open since 08:12."),
        Case("Why is the heating off?", [latest], "window open since 08:12"),
        Case("How is my room?", [latest], "CO₂ is at 1180 ppm"),
        Case("How warm is it today?", [latest], "It is 21.4 °C"),
        Case(
            "How warm was it last night?", [history("temperature", "average", lastNight.0, lastNight.1)],
            "Average temperature: 20.8 °C (20 Nov 22:00 – 21 Nov 06:00). There is data for 97 % of that time."),
        Case(
            "What was the coldest it got last night?", [history("temperature", "minimum", lastNight.0, lastNight.1)],
            "Lowest temperature: 20.8 °C, at 20 Nov 22:01"),
        Case(
            "Highest temperature yesterday?",
            [history("temperature", "maximum", "2026-11-20T00:00", "2026-11-21T00:00")], "Highest temperature: 20.8 °C"),
        Case(
            "How was the air last night?", [history("co2", "average", lastNight.0, lastNight.1)],
            "Average CO₂: 812 ppm (20 Nov 22:00 – 21 Nov 06:00). That is good air."),
        Case(
            "What was the worst CO2 in the last 24 hours?",
            [history("co2", "maximum", "2026-11-20T08:30", now)], "Highest CO₂: 812 ppm"),
        Case(
            "Average humidity last week?", [history("humidity", "average", "2026-11-09T00:00", "2026-11-16T00:00")],
            "Average humidity: 47 % (9 Nov – 15 Nov)"),
        Case(
            "How warm was it this morning?", [history("temperature", "average", "2026-11-21T06:00", now)],
            "(21 Nov 06:00–08:30)"),
        Case(
            "What was the average temperature between 22 and 6?",
            [history("temperature", "average", lastNight.0, lastNight.1)], "20.8 °C"),
        Case(
            "How warm and how humid was it yesterday evening?",
            [
                history("temperature", "average", "2026-11-20T18:00", "2026-11-20T22:00"),
                history("humidity", "average", "2026-11-20T18:00", "2026-11-20T22:00"),
            ], "Average humidity: 47 %"),
        Case(
            "Minimum and maximum temperature on 2026-11-10",
            [
                history("temperature", "minimum", "2026-11-10T00:00", "2026-11-11T00:00"),
                history("temperature", "maximum", "2026-11-10T00:00", "2026-11-11T00:00"),
            ], "Highest temperature"),
        Case(
            "What was the last CO2 reading? last seen please",
            [history("co2", "last_seen", "2026-11-14T08:30", now)], "Last value for CO₂"),
        Case(
            "Was anyone in my room yesterday afternoon?",
            [history("presence_state", "average", "2026-11-20T12:00", "2026-11-20T18:00")],
            "The room was occupied 62.5 % of the time"),
        Case(
            "How cold was it on Monday at 7 am?",
            [history("temperature", "average", "2026-11-16T06:45", "2026-11-16T07:15")],
            "(16 Nov 06:45–07:15)"),
        Case(
            "Was it comfortable last night?", [comfort(lastNight.0, lastNight.1)],
            "The room was comfortable (20–24 °C) for 93 % of the time"),
        Case(
            "Give me a comfort report for the last 24 hours", [comfort("2026-11-20T08:30", now)],
            "Too cold 20 Nov 09:30–10:00 (18.9 °C): closed: window open since 06:05."),
        Case("Why was it cold last night?", [comfort(lastNight.0, lastNight.1)], "window open since 06:05"),
        Case(
            "Send me the hotel's energy of last week as a file",
            [energy("1day", "2026-11-09T00:00", "2026-11-16T00:00")],
            "energy.csv (9 Nov – 15 Nov). In total 120.5 kWh: air conditioning 80.5 kWh, lighting 20 kWh, sockets 20 kWh."
        ),
        Case(
            "hourly electricity consumption yesterday as CSV please",
            [energy("1hour", "2026-11-20T00:00", "2026-11-21T00:00")], "There is data for 96 % of that time."),
        Case(
            "Energy for lighting in 15 min steps today",
            [energy("15min", "2026-11-21T00:00", now, more: "\"subsystems\":[\"lighting\"],")], "In total 20 kWh."),
        Case("Set the temperature to 23", [set("23")], "Done: your room is set to 23 °C. The heating has accepted it."),
        Case(
            "Please make it 22.5 °C until 10 pm", [set("22.5", until: "2026-11-21T22:00")],
            "your room is set to 22.5 °C until 22:00"),
        Case("21 degrees for two hours please", [set("21", until: "2026-11-21T10:30")], "until 10:30"),
        Case("Can you set it to 72°F?", [set("22")], "22 °C"),
        Case("Make it a bit warmer", [latest, set("23")], "your room is set to 23 °C"),
        Case(
            "Could you turn the heating down a little until tomorrow morning",
            [latest, set("21", until: "2026-11-22T08:00")], "until 22 Nov 08:00"),
        Case("Can you warm up the room?", [latest, set("23")], "23 °C"),
        Case("Turn the temperature up by 2 degrees", [latest, set("24")], "24 °C"),
        Case("set 22 until christmas", [], "Until when?"), Case("set 23 until 25:99", [], "Until when?"),
        Case("Set 22 degrees for 0 hours", [], "Until when?"), Case("set 22 for 9999 days", [], "Until when?"),
        Case("set 22 until further notice", [set("22")], "22 °C"), Case("set 22 until I leave", [], "Until when?"),
        Case("Stell 22 Grad bis Weihnachten", [], "Bis wann?"),
        Case("Keep it at 21 until tomorrow 8 am", [set("21", until: "2026-11-22T08:00")], "21 °C"),
        Case("Good evening, how warm is it?", [latest], "21.4 °C"),
        Case("I'm cold", [latest], "Say “a bit warmer”"),
        Case(
            "How cold did it get last night?", [history("temperature", "minimum", lastNight.0, lastNight.1)],
            "Lowest temperature"),
        Case("Turn off the heating", [], "I can set it as low as 16 °C"),
        Case("Set it to 40 degrees", [], "I can set the room from 16 to 26 °C."),
        Case("undo", [], "There is no change in this conversation that I could undo."),
        Case("back to normal please", [set("null")], "your room follows its schedule again"),
        Case("Hello", [], "Hello! Ask me about the room"),
        Case("Thanks a lot!", [], "You're welcome!"),
        Case("What can you do?", [], "I can set the temperature"),
        Case("How warm will it be tomorrow?", [], "I can't look into the future"),
        Case("How warm is room 102?", [], "I can only speak about your own room."),
        Case("List all rooms", [], "I can only speak about your own room."),
        Case("When is breakfast?", [], "Sorry, I did not understand that."),
    ]

    static let german: [Case] = [
        Case("Wie warm ist es?", [latest], "Es sind 21,4 °C in Ihrem Zimmer (08:29 Uhr)."),
        Case("Wie warm ist mein Zimmer gerade?", [latest], "21,4 °C"),
        Case("Welche Temperatur hat es?", [latest], "21,4 °C"),
        Case("Hallo, wie feucht ist die Luft?", [latest], "Die relative Luftfeuchtigkeit beträgt 44,6 %"),
        Case("Wie ist die Luft?", [latest], "Der CO₂-Wert liegt bei 1180 ppm"),
        Case("Ist es stickig?", [latest], "die Luft ist etwas verbraucht"),
        Case("Ist mein Zimmer belegt?", [latest], "nicht aktuell: belegt um 06:30"),
        Case("Läuft die Heizung?", [latest], "das Ventil ist geschlossen, der Sollwert ist 22 °C"),
        Case("Warum ist es so kalt?", [latest], "geschlossen: Fenster offen seit 08:12"),
        Case("Wieso ist die Heizung aus?", [latest], "Fenster offen seit 08:12"),
        Case("Gib mir einen Überblick", [latest], "CO₂-Wert"),
        Case(
            "Wie warm war es letzte Nacht?", [history("temperature", "average", lastNight.0, lastNight.1)],
            "Durchschnitt für Temperatur: 20,8 °C (20.11. 22:00 – 21.11. 06:00). Daten gibt es für 97 % dieser Zeit."),
        Case(
            "Wie kalt war es heute Nacht mindestens?", [history("temperature", "minimum", lastNight.0, lastNight.1)],
            "Niedrigster Wert für Temperatur: 20,8 °C, um 20.11. 22:01"),
        Case(
            "Wie war die Luft gestern Abend?", [history("co2", "average", "2026-11-20T18:00", "2026-11-20T22:00")],
            "Das ist gute Luft."),
        Case(
            "Höchster CO2-Wert in den letzten 24 Stunden?", [history("co2", "maximum", "2026-11-20T08:30", now)],
            "Höchster Wert für CO₂: 812 ppm"),
        Case(
            "Durchschnittstemperatur letzte Woche",
            [history("temperature", "average", "2026-11-09T00:00", "2026-11-16T00:00")],
            "(9.11. – 15.11.)"),
        Case(
            "Wie feucht war es zwischen 22 und 6 Uhr?", [history("humidity", "average", lastNight.0, lastNight.1)],
            "Durchschnitt für Luftfeuchtigkeit: 47 %"),
        Case(
            "Wie warm war es am Montagabend?",
            [history("temperature", "average", "2026-11-16T18:00", "2026-11-16T22:00")],
            "(16.11. 18:00–22:00)"),
        Case(
            "Wie warm war es am 10.11.?", [history("temperature", "average", "2026-11-10T00:00", "2026-11-11T00:00")],
            "(10.11.)"),
        Case(
            "War gestern Nachmittag jemand im Zimmer?",
            [history("presence_state", "average", "2026-11-20T12:00", "2026-11-20T18:00")], "62,5 % der Zeit belegt"),
        Case(
            "War es heute Nacht angenehm?", [comfort(lastNight.0, lastNight.1)], "93 % der Zeit behaglich (20–24 °C)"),
        Case(
            "Warum war es gestern Abend so kalt?", [comfort("2026-11-20T18:00", "2026-11-20T22:00")],
            "Zu kalt 20.11. 19:00–19:30 (18,9 °C): geschlossen: Fenster offen seit 06:05."),
        Case(
            "Komfortbericht für gestern bitte", [comfort("2026-11-20T00:00", "2026-11-21T00:00")], "Im Mittel 21,6 °C"),
        Case(
            "Schick mir den Energieverbrauch der letzten Woche als Datei",
            [energy("1day", "2026-11-09T00:00", "2026-11-16T00:00")],
            "Insgesamt 120,5 kWh: Klima 80,5 kWh, Licht 20 kWh, Steckdosen 20 kWh."),
        Case(
            "Stromverbrauch im Oktober, täglich",
            [
                energy("1day", "2026-10-01T00:00", "2026-11-01T00:00")
                    .replacing("2026-10-01T00:00:00+01:00", with: "2026-10-01T00:00:00+02:00")
            ], "(1.10. – 31.10.)"),
        Case("Stell bitte 23 Grad ein", [set("23")], "Erledigt: Ihr Zimmer ist auf 23 °C eingestellt."),
        Case(
            "Mach es 22,5 °C bis 22 Uhr", [set("22.5", until: "2026-11-21T22:00")], "auf 22,5 °C eingestellt bis 22:00"),
        Case("Kannst du die Heizung auf 21 stellen?", [set("21")], "21 °C"),
        Case("Etwas wärmer bitte", [latest, set("23")], "auf 23 °C eingestellt"),
        Case(
            "Es soll kühler werden, bis morgen früh", [latest, set("21", until: "2026-11-22T08:00")], "bis 22.11. 08:00"
        ),
        Case("Können Sie die Temperatur um 2 Grad erhöhen?", [latest, set("24")], "24 °C"),
        Case(
            "Maximale CO2-Konzentration heute?", [history("co2", "maximum", "2026-11-21T00:00", now)], "Höchster Wert"),
        Case(
            "Temperaturverlauf der letzten 24 Stunden", [history("temperature", "average", "2026-11-20T08:30", now)],
            "20,8 °C"),
        Case("Stell auf 12 Grad", [], "Ich kann das Zimmer auf 16 bis 26 °C einstellen."),
        Case("Rückgängig machen", [], "keine Änderung"),
        Case("Guten Morgen!", [], "Hallo! Fragen Sie mich zum Zimmer"),
        Case("Danke!", [], "Gern geschehen!"),
        Case("Was kannst du?", [], "die Temperatur kann ich einstellen"),
        Case("Wie warm wird es morgen?", [], "In die Zukunft sehe ich nicht"),
        Case("Wie warm ist es in Zimmer 102?", [], "nur über Ihr eigenes Zimmer"),
        Case("Wie warm ist es beim Nachbarn?", [], "nur über Ihr eigenes Zimmer"),
        Case("Wann gibt es Frühstück?", [], "leider nicht verstanden"),
    ]

    @Test(arguments: english)
    func `answers in English`(_ expected: Case) async { await check(expected, .english) }

    @Test(arguments: german)
    func `answers in German`(_ expected: Case) async { await check(expected, .german) }

    private func check(_ expected: Case, _ language: Language) async {
        let rig = GuestRig(BuiltInModel())
        // The other language is offered: the message has to tell its own.
        let short = expected.question.split(separator: " ").count <= 2
        let offered: Language = short ? language : language == .english ? .german : .english
        let events = await rig.ask(expected.question, language: offered)
        #expect(events.calls.map { "\($0.name) \($0.arguments)" } == expected.calls)
        #expect(events.results.allSatisfy { !$0.isError }, "\(events.results.map(\.summary))")
        #expect(events.text.contains(expected.answer), "\(events.text)")
        #expect(events.problem == nil)
        #expect(events.reply?.reply == events.text)
    }

    @Test(
        arguments: [
            "It is 23 degrees", "It was 23 degrees yesterday", "It is 23 degrees in here, isn't it?",
            "Is it 23 degrees?",
            "I don't want it warmer", "Please not warmer", "Was it warmer yesterday?",
            "Why is it warmer than 22 degrees?",
            "I'd like to know how warm it was on 20 November at 3 pm", "Please tell me the temperature at 8",
            "I have 20 euros", "Give me 24 hours of temperature", "I want room 23", "How do I set it to 23 degrees?",
            "Es sind 23 Grad", "Nicht wärmer bitte", "Ich möchte wissen, wie warm es am 20. November um 15 Uhr war",
            "War es gestern wärmer?", "Bitte sag mir die Temperatur um 20 Uhr", "Ist es wärmer als 22 Grad?",
            "Heizung aus", "Turn off the heating", "I'm cold", "Mir ist kalt",
        ])
    func `sets nothing that nobody asked for`(_ message: String) async {
        let rig = GuestRig(BuiltInModel())
        let events = await rig.ask(message)
        #expect(rig.room.state.withLock { $0.desiredStates.isEmpty }, "\(events.text)")
    }

    /// SplitMix64: the same seed, the same words.
    private struct SeededRandom: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    @Test(arguments: UInt64(1)...200)
    func `any words at all get an answer`(_ seed: UInt64) async {
        let vocabulary =
            (Self.english + Self.german).flatMap { $0.question.split(separator: " ").map(String.init) } + [
                "last", "ago", "vor", "bis", "until", "between", "and", "999999999", "0", "24:00", "31.2.",
                "99/99/9999",
                "2026-02-30", "-", "–", "°", "halb", "12", "letzten", "Jahre", "years", "million", "for", "since", "um",
                "1e9", "٣", "ß", "👍", "\u{0301}", "half", "a", "room", "/", "a/b1", "29.2.", "am", "pm",
            ]
        var dice = SeededRandom(state: seed)
        for _ in 0..<60 {
            let words = (0..<Int.random(in: 1...9, using: &dice)).map { _ in vocabulary.randomElement(using: &dice)! }
            let message = words.joined(separator: Bool.random(using: &dice) ? " " : "")
            let events = await GuestRig(BuiltInModel()).ask(message)
            #expect(events.names.last == "done", "\(message)")
            #expect(!events.text.isEmpty, "\(message)")
            #expect(events.results.allSatisfy { !$0.isError }, "\(message): \(events.results.map(\.summary))")
        }
    }

    @Test func `sixty questions and more are asked`() {
        #expect(Self.english.count + Self.german.count >= 60)
    }

    @Test func `undoes the last change and then undoes that`() async throws {
        let rig = GuestRig(BuiltInModel())
        let first = await rig.ask("Set 23 degrees until 10 pm")
        let id = try #require(first.reply?.conversationID)
        _ = await rig.ask("Set 24 degrees", conversation: id)
        let undone = await rig.ask("undo", conversation: id)
        #expect(undone.text.hasPrefix("Undone: your room is set to 23 °C until 22:00."), "\(undone.text)")
        #expect(rig.room.state.withLock { $0.desired } == .init(celsius: 23, until: moment("2026-11-21T22:00")))
        _ = await rig.ask("rückgängig", conversation: id)
        #expect(rig.room.state.withLock { $0.desired } == .init(celsius: 24, until: nil))
    }

    @Test func `undoing the first change gives the room back to its schedule`() async throws {
        let rig = GuestRig(BuiltInModel())
        let id = try #require(await rig.ask("Set 23 degrees").reply?.conversationID)
        #expect(await rig.ask("undo", conversation: id).text.contains("follows its schedule again"))
        #expect(rig.room.state.withLock { $0.desired } == .init(celsius: nil, until: nil))
    }

    @Test func `says when there is no reading and when the data can't be had`() async {
        let rig = GuestRig(BuiltInModel())
        rig.room.state.withLock { $0.celsius = nil }
        #expect(await rig.ask("How warm is it?").text == "There is no reading for temperature in your room.")
        struct Broken: Error {}
        rig.room.state.withLock { $0.failure = Broken() }
        #expect(await rig.ask("How warm is it?").text.contains("can't get at that data"))
    }

    @Test func `asks an operator which room, and goes to the one that is named`() async {
        let buildings = FakeBuildings()
        let agent = ChatAgent(model: BuiltInModel(), conversations: FakeConversations(), now: { saturdayMorning })
        func ask(_ message: String) async -> [ChatEvent] {
            let question = ChatAgent.Question(
                message: message, conversationID: nil, owner: .init("ops"),
                tools: .operator(buildings: buildings, now: { saturdayMorning }), calendar: berlin, room: nil,
                language: .english)
            return await agent.answer(question).reduce(into: []) { $0.append($1) }
        }
        #expect(await ask("How warm is it?").text.contains("Which room do you mean?"))
        let named = await ask("How warm is it in room 102?")
        #expect(named.calls.map(\.arguments) == [#"{"room":"room-102"}"#])
        #expect(named.text.contains("It is 21.4 °C in Room 102"))
        #expect(await ask("CO2 in grand/room-101 last night").calls.first?.arguments.contains("grand/room-101") == true)
        #expect(await ask("List all rooms").text == "Grand Hotel:\n1st floor: Room 101, Room 102")
        #expect(await ask("Liste alle Zimmer").calls.map(\.name) == ["list_rooms"])
        #expect(await ask("Set room 12 to 20").calls.first?.arguments == #"{"room":"room-12","celsius":20}"#)
        let changed = await ask("Set room 102 to 20 degrees")
        #expect(changed.text.contains("Room 102 is set to 20 °C"))
        #expect(buildings.rooms["room-102"]?.state.withLock { $0.desiredStates.count } == 1)
        #expect(await ask("How warm is room 999?").text.contains("can't get at that data"))
        #expect(await ask("Energy of last week as a file").calls.first?.name == "energy_summary")
    }
}
