extension ControlReasonWording {
    /// The wording in English.
    package static let english = ControlReasonWording(
        language: "en", decimalSeparator: ".",
        sentences: { code in
            switch code {
            case .heating: ["heating: {place}"]
            case .holding: ["holding: {place}"]
            case .closed: ["closed: {place}"]
            case .exercise: ["exercise: the valve is fully opened and closed once a week"]
            case .windowOpen: ["closed: window open since {since}", "closed: window open for {for}"]
            case .frostProtection: ["frost protection: {celsius} °C in the room"]
            case .noSensor: ["fail-safe: no usable sensor for {for}"]
            case .impossibleReading:
                [
                    "fail-safe: no room is {celsius} °C warm, {above} K above its set-point, with the valve shut for an "
                        + "hour and {outdoor} °C outside (a sensor that reports °F must send its unit)",
                    "fail-safe: no room is {celsius} °C warm, {above} K above its set-point, with the valve shut for an "
                        + "hour (a sensor that reports °F must send its unit)",
                ]
            case .commandRefused: ["the valve stays as it is: the broker refuses its command"]
            case .commandUnanswered: ["the valve may stay as it is: the broker has not acknowledged its command"]
            case .commandUnconfirmed: ["the valve may stay as it is: the broker does not confirm its command"]
            case .atMost: ["this building allows at most {celsius} °C"]
            case .atLeast: ["this building allows at least {celsius} °C"]
            case .notControlled: ["this room is not controlled"]
            case .overridden: ["someone in the building set something else"]
            case .expired: ["its end time has passed"]
            case .noTopic: ["its name cannot be used as a topic"]
            }
        },
        places: [
            "{below} K below the set-point of {setpoint} °C", "{above} K above the set-point of {setpoint} °C",
            "at the set-point of {setpoint} °C", "{below} K below {target} °C", "{above} K above {target} °C",
            "at {target} °C",
        ],
        causes: { cause in
            switch cause {
            case .ecoRequested: "eco requested"
            case .off: "off"
            case .frostProtectionRequested: "frost protection requested"
            case .boost: "boost, {left} left"
            case .ecoBySchedule: "scheduled eco"
            case .ecoByAbsence: "eco: nobody here for {absent}"
            case .setDespiteSchedule: "as set, instead of scheduled eco"
            case .setDespiteAbsence: "as set, instead of eco: nobody here for {absent}"
            case .preheating: "pre-heating for {start}"
            }
        },
        estimate: "no usable sensor, estimated")
}
