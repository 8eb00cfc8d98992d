import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing

/// What was in a room before a guest's stay, and what is told of the stay itself.
@Suite(.withDatabaseServer, .database) struct StayTests {
    /// What a newcomer may try to learn of the time before their stay, and what they are told of their own.
    @Test func `nothing of before the stay is told, on any way`() async throws {
        let house = try await GuestHotel("stays")
        let room = house.own.room
        // The former guest's wish, which has no end, and what the heating made of it; and everything read by the former guest
        // first, so that copies of it lie wherever copies lie.
        let desired = try await house.call(.put, "/rooms/\(room)/setpoint/", #"{"celsius":24.5}"#)
        #expect(desired.status == 200)
        try await Replica().run(
            """
            UPDATE desired_state SET created_at = now() - interval '1 hour', who = 'secret-former';
            INSERT INTO reported_state (room_id, version, state, celsius, source, who, reason, reported_at)
            SELECT room_id, version, 'accepted', 24.5, 'guest', 'secret-former', 'secret-former', now() - interval '1 hour'
            FROM desired_state;
            """)
        for path in ["data/", "setpoint/", "history/?datapoint=temperature&interval=1day"] {
            let answer = try await house.call(.get, "/rooms/\(room)/\(path)")
            #expect(answer.status == 200 && !GuestHotel.newcomerLeaks(answer).isEmpty || path == "setpoint/")
        }
        let former = try ChatTests.Reply(
            try await house.call(
                .post, "/chat", #"{"message":"How warm was it last night?"}"#, headers: [("Accept", "application/json")]
            ))
        #expect(former.reply.contains("6666"))

        // By REST.
        var paths = ["data/", "data/iaq/", "data/life_being/", "setpoint/"]
        for datapoint in ["temperature", "co2", "humidity", "setpoint", "valve_level"] {
            for interval in ["raw", "1min", "15min", "1hour", "1day"] {
                for statistic in ["average", "minimum", "maximum", "last"] {
                    let question = "history/?datapoint=\(datapoint)&interval=\(interval)&statistic=\(statistic)"
                    paths += [question, question + "&start_time=2020-01-01&end_time=2020-01-05"]
                    let yesterday = Int(Date().timeIntervalSince1970) - 86_400
                    paths.append(question + "&start_time=\(yesterday)")
                    paths.append(question + "&start_time=\(yesterday)&cursor=\(yesterday)")
                    paths.append(question + "&start_time=\(yesterday)&cursor=\(yesterday)000000.0&limit=1")
                }
            }
        }
        for datapoint in ["presence_state", "reason"] {
            for interval in ["raw", "1min", "15min", "1hour", "1day"] {
                paths.append("history/?datapoint=\(datapoint)&interval=\(interval)&statistic=last")
            }
        }
        for path in paths {
            let answer = try await house.call(.get, "/rooms/\(room)/\(path)", as: house.newcomer)
            #expect(
                GuestHotel.newcomerLeaks(answer) == [] && answer.text.contains("24.5") == false,
                "\(path): \(answer.text)")
        }
        let mean = try await house.call(
            .get, "/temperature?building_id=\(house.own.hotel)&room_id=\(room)&unit=celsius", as: house.newcomer)
        #expect(mean.text.contains(#""value":null"#) && mean.text.contains(#""samples":0"#), "\(mean.text)")

        // By the tools, whatever the range.
        let ranges = [
            "{}", #"{"period":"last night"}"#, #"{"period":"last 24 hours"}"#, #"{"period":"yesterday"}"#,
            #"{"start":"2026-01-01T00:00","end":"2036-01-01T00:00"}"#,
        ]
        for range in ranges {
            for datapoint in ["temperature", "humidity", "co2", "presence_state", "valve_level", "setpoint"] {
                for statistic in ["average", "minimum", "maximum", "last_seen"] {
                    let rest = range == "{}" ? "}" : "," + range.dropFirst()
                    let arguments = #"{"datapoint":"\#(datapoint)","statistic":"\#(statistic)""# + rest
                    let answer = try await house.mcp(
                        "tools/call", #"{"name":"reading_history","arguments":\#(arguments)}"#, as: house.newcomer)
                    #expect(GuestHotel.newcomerLeaks(answer) == [], "\(arguments): \(answer.text)")
                }
            }
            for tool in ["comfort_report", "latest_readings"] where tool != "latest_readings" || range == "{}" {
                let answer = try await house.mcp(
                    "tools/call", #"{"name":"\#(tool)","arguments":\#(range)}"#, as: house.newcomer)
                #expect(
                    GuestHotel.newcomerLeaks(answer) == [] && !answer.text.contains("24.5"),
                    "\(tool) \(range): \(answer.text)")
            }
        }

        // By chat, and with the former guest's conversation.
        func say(_ message: String, _ more: String = "") async throws -> CentralProcess.Answer {
            try await house.call(
                .post, "/chat", #"{"message":"\#(message)"\#(more)}"#, headers: [("Accept", "application/json")],
                as: house.newcomer)
        }
        for message in [
            "How warm is it?", "How warm was it last night?", "Was anyone in my room yesterday afternoon?",
            "Is my room occupied?", "When was the room last occupied?", "Highest temperature of the last 24 hours",
            "Give me a comfort report for yesterday", "Why was it cold last night?", "Why is it so cold?",
            "War gestern jemand im Zimmer?", "Wie war die Luft letzte Nacht?", "Komfortbericht für gestern bitte",
            "What temperature is the heating set to?", "Wie feucht war es vorgestern?",
        ] {
            let answer = try await say(message)
            #expect(answer.status == 200 && GuestHotel.newcomerLeaks(answer) == [], "\(message): \(answer.text)")
            #expect(!answer.text.contains("24.5"), "\(message): \(answer.text)")
        }
        let intruded = try await say("And now?", #","conversation_id":"\#(former.conversationId)""#)
        #expect(intruded.status == 404 && intruded.code == "unknown_conversation")
        let reply = try ChatTests.Reply(try await say("How warm is it?")).reply
        #expect(reply.hasPrefix("Nothing has been measured for temperature in your room yet since "), "\(reply)")
        let past = try ChatTests.Reply(try await say("How warm was it yesterday?")).reply
        #expect(past.hasPrefix("I have no data for temperature from your stay"), "\(past)")

        // Live, from the beginning and resumed from before it.
        let first = try LiveListener(house.scene.service, room: room, token: house.newcomer)
        try await first.listening()
        #expect(first.events.first?.data.contains(#""readings":[]"#) == true, "\(first.process.output)")
        let oldest = try LiveListener(
            house.scene.service, room: room, token: house.newcomer,
            lastEventID: first.lastID.map { $0.prefix { $0 != "-" } + "-3" })
        // What is measured from now on is theirs, and no more of what comes late from before.
        try await Replica().run(
            """
            INSERT INTO raw_data (datetime, device_id, datapoint, value) VALUES
                (now() - interval '1 hour', '\(house.slug)/room-101/sensor-1', 'temperature', '6666.5'),
                (now(), '\(house.slug)/room-101/iaq', 'temperature', '21.75'),
                (now(), '\(house.slug)/room-101/life_being', 'presence_state', 'occupied');
            """)
        for listener in [first, oldest] {
            try await listener.waitFor("the newest reading") { $0.process.output.contains("21.75") }
            await listener.process.terminate()
            let said = listener.process.output
            #expect(GuestHotel.formerMarks.filter(said.contains) == [] && !said.contains("24.5"), "\(said)")
        }
        let now = try await house.call(.get, "/rooms/\(room)/data/", as: house.newcomer)
        #expect(now.text.contains(#""temperature":21.75"#) && GuestHotel.newcomerLeaks(now) == [], "\(now.text)")
        #expect(try ChatTests.Reply(try await say("How warm is it?")).reply.contains("21.8 °C"))
        // The step in which the stay begins holds one reading, and not those of before in it.
        for interval in ["1min", "15min", "1hour", "1day"] {
            let answer = try await house.call(
                .get, "/rooms/\(room)/history/?datapoint=temperature&interval=\(interval)", as: house.newcomer)
            #expect(answer.text.contains(#""value":21.75,"minimum":21.75,"maximum":21.75,"count":1"#), "\(answer.text)")
            #expect(GuestHotel.newcomerLeaks(answer) == [], "\(interval): \(answer.text)")
        }
        // The hotel's energy is every guest's, and operators see everything.
        let energy = try await house.call(
            .get, "/hotels/\(house.own.hotel)/energy_summary/?resolution=1day", as: house.newcomer)
        #expect(energy.status == 200 && energy.text.contains(","), "\(energy.text)")
        #expect(try await house.scene.get("/rooms/\(room)/history/?datapoint=temperature").text.contains("6666"))
        await house.end()
    }

    @Test func `a stay that has not begun opens nothing`() async throws {
        let house = try await GuestHotel("early")
        let early = try await CentralProcess.token(
            "guest", "--building", "early", "--room", "room-101", "--from", "2099-01-01")
        for path in ["/hotels/", "/rooms/\(house.own.room)/data/", "/rooms/\(house.own.room)/live/"] {
            #expect(try await house.call(.get, path, as: early).status == 401)
        }
        await house.end()
    }
}
