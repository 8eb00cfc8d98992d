import Building
import Testing

/// Examples of every code, cause and combination of parameters.
enum ReasonExamples {
    static let span = ControlReason.Span(.seconds(1860))
    static let morning = ControlReason.ClockTime(secondOfDay: 6 * 3600 + 1800)

    static let causes: [ControlReason.Cause] = [
        .ecoRequested, .off, .frostProtectionRequested, .boost(left: span), .eco(.schedule), .eco(.absence(span)),
        .setDespite(.schedule), .setDespite(.absence(span)), .preheating(for: morning),
    ]

    static let regulations: [ControlReason] = [true, false].flatMap { isShut in
        [-2.5, 0, 0.4].flatMap { error in
            [ControlReason.Regulation.Goal.setpoint(.init(22)), .target(.init(19.5))].flatMap { goal in
                (causes + [nil]).flatMap { cause in
                    [true, false].map { isEstimated in
                        .regulating(
                            .init(
                                isShut: isShut, error: .init(tenthsOf: error), goal: goal, cause: cause,
                                isEstimated: isEstimated))
                    }
                }
            }
        }
    }

    static let all: [ControlReason] =
        regulations + [
            .exercise, .windowOpen(.since(morning)), .windowOpen(.lasting(span)),
            .frostProtection(celsius: .init(tenthsOf: 5.93)), .noSensor(for: .init(.seconds(40))),
            .impossibleReading(celsius: .init(41), aboveSetpoint: .init(19), outdoorCelsius: .init(-12.5)),
            .impossibleReading(celsius: .init(41), aboveSetpoint: .init(19), outdoorCelsius: nil),
            .commandRefused, .commandUnanswered, .commandUnconfirmed, .atMost(celsius: .init(24.25)),
            .atLeast(celsius: .init(17)), .notControlled, .overridden, .expired, .noTopic,
        ]
}

@Suite struct ControlReasonTests {
    @Test func `the examples have every code and every cause`() {
        #expect(Set(ReasonExamples.all.map(\.code)) == Set(ControlReason.Code.allCases))
        #expect(Set(ReasonExamples.causes.map(\.code)) == Set(ControlReason.CauseCode.allCases))
        let parameters = ReasonExamples.all.flatMap(\.parameters).map(\.name)
        #expect(Set(parameters) == Set(ControlReason.Parameter.allCases))
    }

    @Test func `every reason comes back from its text, and no two have the same`() {
        for reason in ReasonExamples.all {
            #expect(ControlReason(text: reason.text) == reason, "\(reason)")
            #expect(reason.text.utf8.count <= ControlReason.longestText)
        }
        #expect(Set(ReasonExamples.all.map(\.text)).count == ReasonExamples.all.count)
    }

    @Test(arguments: [
        ("heating below=1.2 setpoint=22", ControlReason.Code.heating), ("holding setpoint=22", .holding),
        ("holding above=0.3 target=19 cause=eco_schedule", .holding),
        ("closed above=2.5 target=19 cause=eco_absence absent=31min", .closed),
        ("heating below=1 setpoint=23 cause=set_despite_absence absent=3h", .heating),
        ("heating below=0.4 target=21 cause=preheating start=06:30 estimated=yes", .heating),
        ("window_open since=14:02", .windowOpen), ("window_open for=3min", .windowOpen),
        ("impossible_reading celsius=41 above=19 outdoor=-12", .impossibleReading), ("at_most celsius=24.25", .atMost),
        ("not_controlled", .notControlled),
    ])
    func `reads what is documented`(text: String, code: ControlReason.Code) throws {
        let reason = try #require(ControlReason(text: text))
        #expect(reason.code == code)
        #expect(reason.text == text)
    }

    @Test(arguments: [
        "", " ", "heating", "Heating below=1.2 setpoint=22", "heating below=1.2", "heating setpoint=22",
        "heating above=1.2 setpoint=22", "heating setpoint=22 below=1.2", "heating below=1.20 setpoint=22",
        "heating below=1.2 below=1.2 setpoint=22", "heating below=1.2 setpoint=22 target=22",
        "heating below=1.2  setpoint=22", "heating below=1.2 setpoint=22 ", " heating below=1.2 setpoint=22",
        "heating below=nan setpoint=22", "heating below=inf setpoint=22", "heating below=0x1p3 setpoint=22",
        "heating below=1.2345 setpoint=22", "heating below=-1.2 setpoint=22", "holding below=-0 setpoint=22",
        "holding setpoint=22 cause=boredom", "holding setpoint=22 cause=boost", "holding setpoint=22 left=3min",
        "holding setpoint=22 estimated=no", "holding setpoint=22 comfort=yes", "holding setpoint",
        "window_open", "window_open since=24:00", "window_open since=14:60", "window_open since=4:02",
        "window_open since=+4:02", "window_open since=14:02:00", "window_open since=14:02 for=3min",
        "window_open for=180s", "window_open for=3d", "window_open for=min", "window_open for=03min",
        "window_open for=9999999999999999999999h", "expired at=once", "expired\n", "exercise\u{301}", "later_code x=1",
        "closed: window open since 14:02", "at_most celsius=1e300",
    ])
    func `takes anything else for text`(text: String) {
        #expect(ControlReason(text: text) == nil)
        #expect(ControlReasonWording.all.allSatisfy { $0.words(forStored: text) == text })
    }

    @Test func `long texts are no reasons, and take no time`() {
        let clock = ContinuousClock()
        for part in ["a", " ", "=", "heating ", "below=1 ", "below=9", "\u{301}"] {
            let text = "heating below=1 " + String(repeating: part, count: 1_000_000)
            var reason: ControlReason?
            let time = clock.measure { reason = ControlReason(text: text) }
            #expect(reason == nil)
            #expect(time < .milliseconds(200), "\(part): \(time)")
        }
    }

    @Test func `keeps what is put together from parts of reasons, or takes it for text`() {
        let parts = Array(Set(ReasonExamples.all.flatMap { $0.text.split(separator: " ").map(String.init) })).sorted()
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        func pick() -> String {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return parts[Int(state % UInt64(parts.count))]
        }
        var read = 0
        for number in 0..<20_000 {
            let text = (0...(number % 5)).map { _ in pick() }.joined(separator: " ")
            guard let reason = ControlReason(text: text) else { continue }
            #expect(reason.text == text)
            read += 1
        }
        #expect(read > 100)
    }

    @Test func `numbers are as short as they can be, and always finite`() {
        #expect(ControlReason.Number(tenthsOf: 1.24).text == "1.2")
        #expect(ControlReason.Number(tenthsOf: -0.04).text == "0")
        #expect(ControlReason.Number(24.25).text == "24.25")
        #expect(ControlReason.Number(0.0004).text == "0")
        #expect(ControlReason.Number(.nan).text == "0")
        #expect(ControlReason.Number(.infinity).text == "1000000")
        #expect(ControlReason.Number(-.greatestFiniteMagnitude).text == "-1000000")
    }

    @Test(arguments: [
        (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1min"), (1860, "31min"), (7199, "119min"), (7200, "2h"),
        (12_000, "3h"), (Int64.max, "277777777h"), (Int64.min, "0s"),
    ])
    func `spans are in the unit that suits them`(seconds: Int64, text: String) {
        #expect(ControlReason.Span(.seconds(seconds)).text == text)
    }
}
