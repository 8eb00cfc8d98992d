import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// Sixty questions and more in two languages, as guests write them, through the real service to the built-in model; SQL
/// says what has to be in the answers.
@Suite(.withDatabaseServer, .database) struct ChatQuestionTests {
    private struct Question {
        var text: String
        /// What is called, by name.
        var tools: [String]
        /// What the answer has to hold; `{}` stands for the value.
        var answer: String
        var value: Value = .none
        /// Of the message.
        var language = "en"

        func `in`(_ language: String) -> Question {
            var question = self
            question.language = language
            return question
        }
    }

    private enum Value {
        case none
        case number(Double)
        /// Without decimals.
        case whole(Double)
        case text(String)
    }

    private static let (now, past, comfort, energy) = (
        ["latest_readings"], ["reading_history"], ["comfort_report"], ["energy_summary"]
    )
    private static let sensors = "iaq|sensor-1"

    @Test(.timeLimit(.minutes(5))) func `answers sixty questions in English and German as SQL does`() async throws {
        let hotel = try await QuestionedHotel("questions")
        let questions =
            try await Self.aboutNow(hotel) + Self.aboutThePast(hotel) + Self.aboutComfort(hotel)
            + Self.aboutEnergy(hotel) + Self.withoutAnAnswer()
        #expect(questions.count >= 60)
        for language in ["en", "de"] { #expect(questions.count { $0.language == language } >= 28) }
        for question in questions {
            // The browser's language is the other one: the message has to tell its own.
            let reply = try await hotel.ask(question.text, language: question.language == "en" ? "de" : "en")
            #expect(reply.toolCalls.map(\.name) == question.tools, "\(question.text): \(reply.reply)")
            #expect(reply.toolCalls.allSatisfy { !$0.isError }, "\(question.text): \(reply.reply)")
            let expected = question.answer.replacing("{}", with: Self.written(question.value, question.language))
            #expect(reply.reply.contains(expected), "\(question.text): no “\(expected)” in “\(reply.reply)”")
            // Everything of room-102 is 50 more.
            #expect(reply.reply.contains(#/\b7[0-9]([.,][0-9])? °C/#) == false, "\(question.text): \(reply.reply)")
        }
        await hotel.end()
    }

    /// As the built-in model writes it: at most one decimal.
    private static func written(_ value: Value, _ language: String) -> String {
        // What tools give has three decimals at most.
        func given(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
        switch value {
        case .none: return ""
        case .text(let text): return text
        case .whole(let number): return String(Int(given(number).rounded()))
        case .number(let number):
            let tenths = Int((given(number) * 10).rounded())
            let text = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths) % 10)"
            return language == "de" ? text.replacing(".", with: ",") : text
        }
    }

    private static func aboutNow(_ hotel: QuestionedHotel) async throws -> [Question] {
        let warm = Value.number(try await hotel.newestNumber("temperature", of: "climate"))
        let humid = Value.number(try await hotel.newestNumber("humidity", of: "iaq"))
        let air = Value.whole(try await hotel.newestNumber("co2", of: "iaq"))
        let setpoint = Value.number(try await hotel.newestNumber("setpoint", of: "climate"))
        let valve = Value.number(try await hotel.newestNumber("valve_level", of: "climate"))
        let stored = try await hotel.newest("reason", of: "climate")
        let reason = Value.text(ControlReasonWording.english.words(forStored: stored))
        let isOccupied = try await hotel.newest("presence_state", of: "life_being") == "occupied"
        return [
            Question(text: "How warm is my room?", tools: now, answer: "It is {} °C in your room", value: warm),
            Question(text: "What's the temperature right now?", tools: now, answer: "{} °C", value: warm),
            Question(text: "Is it cold in here?", tools: now, answer: "{} °C", value: warm),
            Question(text: "How humid is it?", tools: now, answer: "humidity is {} %", value: humid),
            Question(text: "What is the CO2 level?", tools: now, answer: "CO₂ is at {} ppm", value: air),
            Question(
                text: "Is my room occupied?", tools: now,
                answer: "your room is \(isOccupied ? "occupied" : "not occupied")"),
            Question(text: "What is the set-point?", tools: now, answer: "the set-point is {} °C", value: setpoint),
            Question(
                text: "What temperature is the heating set to?", tools: now, answer: "the set-point is {} °C",
                value: setpoint),
            Question(text: "How far is the valve open?", tools: now, answer: "the valve is {} % open", value: valve),
            Question(text: "Which mode is the heating in?", tools: now, answer: "mode: comfort"),
            Question(
                text: "Why is the heating on?", tools: now, answer: "The heating reports: {}", value: reason),
            Question(text: "How is my room?", tools: now, answer: "It is {} °C", value: warm),
            Question(text: "Wie warm ist es gerade?", tools: now, answer: "Es sind {} °C", value: warm).in("de"),
            Question(text: "Welche Temperatur hat mein Zimmer?", tools: now, answer: "{} °C", value: warm).in("de"),
            Question(text: "Wie hoch ist die Luftfeuchtigkeit?", tools: now, answer: "beträgt {} %", value: humid)
                .in("de"),
            Question(text: "Wie ist die Luft?", tools: now, answer: "liegt bei {} ppm", value: air).in("de"),
            Question(
                text: "Ist mein Zimmer belegt?", tools: now,
                answer: "Ihr Zimmer \(isOccupied ? "belegt" : "nicht belegt")"
            ).in("de"),
            Question(
                text: "Auf wie viel Grad ist die Heizung eingestellt?", tools: now, answer: "{} °C", value: setpoint
            )
            .in("de"),
            Question(text: "Wie hoch ist der Sollwert?", tools: now, answer: "der Sollwert ist {} °C", value: setpoint)
                .in("de"),
            Question(text: "Wie weit ist das Ventil offen?", tools: now, answer: "zu {} % offen", value: valve)
                .in("de"),
            Question(text: "In welchem Modus ist die Heizung?", tools: now, answer: "Betriebsart: Komfort").in("de"),
            Question(
                text: "Warum heizt die Heizung?", tools: now, answer: "heizt: 0,4 K unter dem Sollwert von 22 °C"
            ).in("de"),
        ]
    }

    private static func aboutThePast(_ hotel: QuestionedHotel) async throws -> [Question] {
        let time = HotelTime()
        func numbers(_ datapoint: String, _ range: Range<Date>) async throws -> QuestionedHotel.Numbers {
            let devices = ["temperature": sensors, "setpoint": "climate", "valve_level": "valve"][datapoint] ?? "iaq"
            return try await hotel.numbers(datapoint, of: devices, in: range)
        }
        let night = try await numbers("co2", time.lastNight)
        let cold = try await numbers("temperature", time.lastNight)
        let yesterday = try await numbers("temperature", time.day(1))
        let air = try await numbers("co2", time.day(1))
        let gap = try await numbers("humidity", time.day(2))
        let third = try await numbers("temperature", time.day(3))
        let span = try await numbers("temperature", time.moment(daysAgo: 5)..<time.moment(daysAgo: 2))
        let day = try await numbers("temperature", time.lastHours(24))
        let week = try await numbers("co2", time.lastWeek)
        let morning = try await numbers("temperature", time.hours(8, 12))
        let wanted = try await numbers("setpoint", time.day(1))
        let valve = try await numbers("valve_level", time.day(1))
        let seen = try await hotel.occupied(in: time.day(1))
        let (iso, words, german, germanWords) = (
            time.written("yyyy-MM-dd", daysAgo: 3), time.written("d MMMM", daysAgo: 3),
            time.written("dd.MM.", daysAgo: 3), time.written("d. MMMM", daysAgo: 3, "de")
        )
        func average(_ numbers: QuestionedHotel.Numbers) -> Value { .number(numbers.average) }
        return [
            Question(text: "How was the air last night?", tools: past, answer: "{} ppm", value: .whole(night.average)),
            Question(
                text: "How cold did it get last night?", tools: past,
                answer: "Lowest temperature: {} °C, at \(cold.minimumTime.english)", value: .number(cold.minimum)),
            Question(
                text: "What was the average temperature yesterday?", tools: past, answer: "{} °C",
                value: average(yesterday)),
            Question(
                text: "When was the CO2 highest yesterday?", tools: past,
                answer: "Highest CO₂: {} ppm, at \(air.maximumTime.english)", value: .whole(air.maximum)),
            Question(
                text: "Average humidity the day before yesterday?", tools: past,
                answer: "There is data for {} % of that time", value: .whole(gap.coverage)),
            Question(
                text: "What was the average temperature on \(iso)?", tools: past, answer: "{} °C",
                value: average(third)),
            Question(text: "How warm was it on \(words)?", tools: past, answer: "{} °C", value: average(third)),
            Question(
                text: "How warm was it on \(time.written("EEEE", daysAgo: 3)) on average?", tools: past,
                answer: "{} °C", value: average(third)),
            Question(
                text:
                    "Average temperature from \(time.written("yyyy-MM-dd", daysAgo: 5)) to \(iso)?",
                tools: past, answer: "{} °C", value: average(span)),
            Question(
                text: "What was the highest temperature in the last 24 hours?", tools: past, answer: "{} °C",
                value: .number(day.maximum)),
            Question(
                text: "What was the worst CO2 last week?", tools: past, answer: "{} ppm", value: .whole(week.maximum)),
            Question(
                text: "How warm was it yesterday between 8 and 12?", tools: past, answer: "{} °C",
                value: average(morning)),
            Question(text: "How warm was it three days ago?", tools: past, answer: "{} °C", value: average(third)),
            Question(
                text: "What was the set-point yesterday?", tools: past, answer: "Average set-point: {} °C",
                value: average(wanted)),
            Question(
                text: "Was anyone in my room yesterday?", tools: past, answer: "occupied {} % of the time",
                value: .number(seen)),
            Question(
                text: "Wie war die Luft letzte Nacht?", tools: past, answer: "{} ppm", value: .whole(night.average)
            )
            .in("de"),
            Question(
                text: "Wie kalt wurde es letzte Nacht?", tools: past,
                answer: "Niedrigster Wert für Temperatur: {} °C, um \(cold.minimumTime.german)",
                value: .number(cold.minimum)
            ).in("de"),
            Question(
                text: "Wie warm war es gestern durchschnittlich?", tools: past, answer: "{} °C",
                value: average(yesterday)
            ).in("de"),
            Question(
                text: "Wann war der CO2-Wert gestern am höchsten?", tools: past,
                answer: "{} ppm, um \(air.maximumTime.german)", value: .whole(air.maximum)
            ).in("de"),
            Question(
                text: "Wie feucht war es vorgestern?", tools: past, answer: "Daten gibt es für {} % dieser Zeit",
                value: .whole(gap.coverage)
            ).in("de"),
            Question(text: "Wie warm war es am \(german)?", tools: past, answer: "{} °C", value: average(third))
                .in("de"),
            Question(
                text: "Durchschnittstemperatur am \(germanWords)", tools: past, answer: "{} °C", value: average(third)
            ).in("de"),
            Question(
                text: "Wie warm war es vom \(time.written("dd.MM.", daysAgo: 5)) bis \(german)?", tools: past,
                answer: "{} °C", value: average(span)
            ).in("de"),
            Question(text: "Wie warm war es vor drei Tagen?", tools: past, answer: "{} °C", value: average(third))
                .in("de"),
            Question(
                text: "Höchste Temperatur in den letzten 24 Stunden?", tools: past, answer: "{} °C",
                value: .number(day.maximum)
            ).in("de"),
            Question(
                text: "Wie weit war das Ventil gestern im Mittel offen?", tools: past, answer: "{} %",
                value: average(valve)
            ).in("de"),
            Question(
                text: "War gestern jemand im Zimmer?", tools: past, answer: "{} % der Zeit belegt",
                value: .number(seen)
            ).in("de"),
        ]
    }

    private static func aboutComfort(_ hotel: QuestionedHotel) async throws -> [Question] {
        let time = HotelTime()
        let night = Value.whole(try await hotel.comfortable(in: time.lastNight))
        let day = Value.whole(try await hotel.comfortable(in: time.day(1)))
        return [
            Question(
                text: "Was it comfortable last night?", tools: comfort, answer: "for {} % of the time", value: night),
            Question(
                text: "Give me a comfort report for yesterday", tools: comfort, answer: "for {} % of the time",
                value: day),
            Question(
                text: "Why was it so cold yesterday afternoon?", tools: comfort,
                answer: "closed: window open since 14:02"),
            Question(text: "War es letzte Nacht angenehm?", tools: comfort, answer: "{} % der Zeit", value: night)
                .in("de"),
            Question(text: "Komfortbericht für gestern bitte", tools: comfort, answer: "{} % der Zeit", value: day)
                .in("de"),
            Question(
                text: "Warum war es gestern Nachmittag so kalt?", tools: comfort,
                answer: "geschlossen: Fenster offen seit 14:02"
            ).in("de"),
        ]
    }

    private static func aboutEnergy(_ hotel: QuestionedHotel) async throws -> [Question] {
        let time = HotelTime()
        let all = Value.number(try await hotel.energy(meters: 1...6, in: time.day(1)))
        let light = Value.number(try await hotel.energy(meters: 4...5, in: time.day(1)))
        let week = Value.number(try await hotel.energy(meters: 1...6, in: time.lastWeek))
        return [
            Question(
                text: "Send me the hotel's energy of yesterday as a file", tools: energy, answer: "In total {} kWh",
                value: all),
            Question(
                text: "How much electricity did the lights use yesterday?", tools: energy, answer: "In total {} kWh",
                value: light),
            Question(
                text: "Energy of last week per day as CSV please", tools: energy, answer: "In total {} kWh",
                value: week),
            Question(
                text: "Schick mir den Energieverbrauch von gestern als Datei", tools: energy,
                answer: "Insgesamt {} kWh",
                value: all
            ).in("de"),
            Question(
                text: "Wie viel Strom hat das Licht gestern verbraucht?", tools: energy, answer: "Insgesamt {} kWh",
                value: light
            ).in("de"),
            Question(
                text: "Stromverbrauch der letzten Woche, täglich, als CSV", tools: energy, answer: "Insgesamt {} kWh",
                value: week
            ).in("de"),
        ]
    }

    private static func withoutAnAnswer() -> [Question] {
        let (unknown, unbekannt) = ("I did not understand that", "leider nicht verstanden")
        let (own, eigenes) = ("I can only speak about your own room", "nur über Ihr eigenes Zimmer")
        return [
            Question(text: "When is breakfast?", tools: [], answer: unknown),
            Question(text: "What is the wifi password?", tools: [], answer: unknown),
            Question(text: "How warm will it be tomorrow?", tools: [], answer: "I can't look into the future"),
            Question(text: "How warm is room 102?", tools: [], answer: own),
            Question(text: "What was the average temperature in room-102 yesterday?", tools: [], answer: own),
            Question(text: "Is my neighbour at home?", tools: [], answer: own),
            Question(text: "Is anyone in room 102?", tools: [], answer: own),
            Question(text: "List all rooms please", tools: [], answer: own),
            Question(
                text: "How was the air on 2020-03-01?", tools: past,
                answer: "There is no data for CO₂ in that time (1 Mar 2020)"),
            Question(text: "Wann gibt es Frühstück?", tools: [], answer: unbekannt).in("de"),
            Question(text: "Wie lautet das WLAN-Passwort?", tools: [], answer: unbekannt).in("de"),
            Question(text: "Wie warm wird es morgen?", tools: [], answer: "In die Zukunft sehe ich nicht").in("de"),
            Question(text: "Wie warm ist es in Zimmer 102?", tools: [], answer: eigenes).in("de"),
            Question(text: "Ist mein Nachbar zu Hause?", tools: [], answer: eigenes).in("de"),
            Question(text: "Wie warm war es gestern bei den anderen Gästen?", tools: [], answer: eigenes).in("de"),
            Question(
                text: "Wie war die Luft am 1.3.2020?", tools: past,
                answer: "Für CO₂ gibt es in dieser Zeit (1.3.2020) keine Daten"
            ).in(
                "de"),
        ]
    }

    @Test func `tells what the room is kept for and why, as the gateway sends it with each move of the valve`()
        async throws
    {
        let scene = try await RestTests.Scene("moved", settings: ["chat.provider=built-in"])
        let values: [(Datapoint, ReadingValue)] = [
            (.temperature, .number(19.4)), (.setpoint, .number(22)), (.valveLevel, .number(85)),
            (.quality, .text("good")),
            (.mode, .text("preheat")),
            (.reason, .text("heating below=2.6 setpoint=22 cause=preheating start=06:30")),
        ]
        let moved = try await scene.service.send(
            batch(
                values.map { ("room-101", "climate", .roomController, $0.0, $0.1) },
                at: Int64(Date().timeIntervalSince1970 * 1000)), token: scene.gateway)
        #expect(moved.status == 200)
        for (question, language, expected) in [
            (
                "What is the heating doing?", "en",
                "the valve is 85 % open, the set-point is 22 °C, mode: preheat (heating: 2.6 K below the set-point of "
                    + "22 °C (pre-heating for 06:30))."
            ),
            ("Why is it so cold?", "en", "The heating reports: heating: 2.6 K below the set-point of 22 °C"),
            (
                "In welchem Modus ist die Heizung?", "de",
                "das Ventil ist zu 85 % offen, der Sollwert ist 22 °C, Betriebsart: Vorheizen (heizt: 2,6 K unter dem "
                    + "Sollwert von 22 °C (Vorheizen für 06:30))."
            ),
        ] {
            let answer = try await scene.service.call(
                "/chat", method: .post, token: scene.guest, type: "application/json",
                body: Array(try JSONEncoder().encode(["message": question])),
                headers: [("Accept", "application/json"), ("Accept-Language", language)])
            let reply = try ChatTests.Reply(answer).reply
            #expect(reply.contains(expected), "\(question): \(reply)")
        }
        await scene.service.process.terminate()
    }

    @Test func `the file behind the link holds what SQL says`() async throws {
        let hotel = try await QuestionedHotel("filed")
        let time = HotelTime()
        let reply = try await hotel.ask("Energie von gestern stündlich als CSV", language: "de")
        let file = try #require(reply.attachments.first, "\(reply.reply)")
        let lines = try await hotel.scene.service.call(file.url).text.split(separator: "\n").map(String.init)
        let day = time.day(1)
        let hours = Int(day.upperBound.timeIntervalSince(day.lowerBound) / 3600)
        #expect(lines[0] == "timestamp,ac,lighting,plug_load")
        #expect(lines.count == hours + 1)
        for (index, line) in lines.dropFirst().enumerated() {
            let start = day.lowerBound.addingTimeInterval(Double(index) * 3600)
            let cells = line.split(separator: ",").map(String.init)
            for (cell, meters) in zip(cells.dropFirst(), [1...3, 4...5, 6...6]) {
                let expected = try await hotel.energy(meters: meters, in: start..<start.addingTimeInterval(3600))
                #expect(abs((Double(cell) ?? .nan) - expected) < 1e-6, "\(line): \(expected)")
            }
        }
        await hotel.end()
    }
}
