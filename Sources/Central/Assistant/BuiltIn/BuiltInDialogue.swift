internal import Building
internal import CivilTime
internal import JSON

/// Decides the next step of the built-in model. It reads the last message again each time, and tells its progress from
/// the results.
struct BuiltInDialogue {
    enum Step: Equatable {
        case say(String)
        case call([ToolCall])
    }

    let request: ChatRequest
    private let message: String
    /// The results of the tools for this message so far.
    private let results: [ToolOutcome]
    private let reader: IntentReader

    init(request: ChatRequest) {
        self.request = request
        var message = ""
        var results: [ToolOutcome] = []
        for entry in request.messages {
            switch entry {
            case .guest(let text): (message, results) = (text, [])
            case .assistant: break
            case .results(let outcomes): results += outcomes
            }
        }
        self.message = message
        self.results = results
        reader = IntentReader(message, situation: request.situation)
    }

    private var situation: ChatSituation { request.situation }
    private var phrases: BuiltInPhrases {
        BuiltInPhrases(
            language: situation.language, isOperator: situation.room == nil, canSet: has(SetTemperatureTool.name),
            thisYear: situation.calendar.wall(situation.now).date.parts.year)
    }
    private func has(_ tool: String) -> Bool { request.tools.contains { $0.name == tool } }

    func next() -> Step {
        let intent = reader.intent()
        if let failure = results.first(where: \.isError) { return .say(phrases.toolFailed(failure.name)) }
        if intent.isAChange, !has(SetTemperatureTool.name) { return .say(phrases.cannotSet) }
        if let answer = answer(to: intent) {
            // A person who meant a change must not take the answer for its confirmation.
            let isNoted = !intent.isAChange && intent != .otherRoom && reader.looksLikeAWish
            return .say(isNoted ? "\(answer) \(phrases.nothingChanged)" : answer)
        }
        let calls = calls(for: intent)
        switch calls {
        case .success(let calls):
            guard let first = calls.first, request.mayCallTools else { return .say(phrases.unknown) }
            // A tool the caller may not use does not exist for the model either.
            guard has(first.name) else { return .say(phrases.ownRoomOnly) }
            return .call(calls)
        case .failure(let sentence): return .say(sentence.text)
        }
    }

    /// Returns the answer once all its results are there.
    private func answer(to intent: Intent) -> String? {
        switch intent {
        case .greeting: return phrases.greeting
        case .thanks: return phrases.thanks
        case .help: return phrases.help
        case .unknown: return phrases.unknown
        case .otherRoom: return phrases.ownRoomOnly
        case .future: return phrases.future
        case .unclear(let part): return phrases.unclear(part)
        case .switchOff: return phrases.switchOff(setLimits?.lowerBound)
        case .now, .why, .history, .comfort, .energy, .listRooms:
            guard !results.isEmpty else { return nil }
            let answers = BuiltInAnswers(phrases: phrases)
            return results.map { answers.sentences(for: $0, intent: intent) }.joined(separator: " ")
        case .set, .adjust, .backToSchedule, .undo:
            guard let change = results.last(where: { $0.name == SetTemperatureTool.name }) else { return nil }
            return BuiltInAnswers(phrases: phrases).change(change.content, isUndo: intent == .undo)
        }
    }

    /// A sentence instead of calls.
    private struct Sentence: Error {
        var text: String
    }

    private func calls(for intent: Intent) -> Result<[ToolCall], Sentence> {
        var room: [JSON.Member] = []
        if situation.room == nil, intent.isAboutARoom {
            guard let key = reader.room else { return .failure(.init(text: phrases.whichRoom)) }
            room = [.init("room", .string(key))]
        }
        switch intent {
        case .now, .why: return .success([call(LatestReadingsTool.name, room)])
        case .history(let topics, let statistics, let range):
            return .success(historyCalls(room, topics, statistics, range))
        case .comfort(let range): return .success([call(ComfortReportTool.name, room + members(range))])
        case .energy(let resolution, let subsystems, let range):
            var members: [JSON.Member] = [.init("resolution", .string(resolution.rawValue))]
            if subsystems != Subsystem.allCases {
                members.append(.init("subsystems", .array(subsystems.map { .string($0.rawValue) })))
            }
            return .success([call(EnergySummaryTool.name, members + self.members(range))])
        case .listRooms: return .success([call(ListRoomsTool.name, [])])
        case .set(let celsius, let until): return set(room, celsius, until)
        case .adjust(let kelvin, let until):
            guard let status = results.first(where: { $0.name == LatestReadingsTool.name })?.content else {
                return .success([call(LatestReadingsTool.name, room)])
            }
            guard let base = status["desired"]?["celsius"]?.double ?? status["heating"]?["setpoint_celsius"]?.double
            else {
                return .failure(.init(text: phrases.noSetpoint))
            }
            let limits = limits(status) ?? SetpointLimits.celsius
            let goal = min(max(base + kelvin, limits.lowerBound), limits.upperBound)
            guard goal != base else { return .failure(.init(text: phrases.atLimit(base))) }
            return set(room, goal, until)
        case .backToSchedule: return .success([call(SetTemperatureTool.name, room + [.init("celsius", .null)])])
        case .undo: return undo()
        case .greeting, .thanks, .help, .unknown, .otherRoom, .future, .switchOff, .unclear: return .success([])
        }
    }

    private func historyCalls(
        _ room: [JSON.Member], _ topics: [QuestionSubject], _ statistics: [Statistic], _ range: Range<Timestamp>
    ) -> [ToolCall] {
        var calls: [ToolCall] = []
        for topic in topics {
            // Presence has no minimum or maximum.
            let fitting = topic == .presence ? statistics.filter { $0 == .lastSeen } : statistics
            for statistic in fitting.isEmpty ? [.average] : fitting {
                let members: [JSON.Member] = [
                    .init("datapoint", .string(topic.datapoint.name)),
                    .init("statistic", .string(statistic.rawValue)),
                ]
                calls.append(
                    call(ReadingHistoryTool.name, room + members + self.members(range), number: calls.count))
            }
        }
        return calls
    }

    private func set(
        _ room: [JSON.Member], _ celsius: Double, _ until: Timestamp?
    ) -> Result<[ToolCall], Sentence> {
        if let limits = setLimits, !limits.contains(celsius) {
            return .failure(.init(text: phrases.outsideLimits(limits)))
        }
        var members = room + [.init("celsius", JSON(celsius))]
        if let until { members.append(.init("until", situation.calendar.json(until))) }
        return .success([call(SetTemperatureTool.name, members)])
    }

    /// The range that the tool accepts, °C.
    private var setLimits: ClosedRange<Double>? {
        guard let tool = request.tools.first(where: { $0.name == SetTemperatureTool.name }),
            case .object(let properties) = tool.input.shape,
            let celsius = properties.first(where: { $0.name == "celsius" }),
            case .number(let limits) = celsius.schema.shape
        else { return nil }
        return limits
    }

    private func limits(_ status: JSON) -> ClosedRange<Double>? {
        guard let minimum = status["limits_celsius"]?["minimum"]?.double,
            let maximum = status["limits_celsius"]?["maximum"]?.double, minimum <= maximum
        else { return nil }
        return minimum...maximum
    }

    /// Sets the set-point from before the last change in this conversation.
    private func undo() -> Result<[ToolCall], Sentence> {
        var last: (call: ToolCall, result: JSON)?
        var calls: [ToolCall] = []
        for message in request.messages {
            switch message {
            case .guest: break
            case .assistant(_, let wanted): calls = wanted
            case .results(let outcomes):
                for (call, outcome) in zip(calls, outcomes)
                where outcome.name == SetTemperatureTool.name && !outcome.isError {
                    last = (call, outcome.content)
                }
            }
        }
        guard let last, let previous = last.result["previous"], !previous.isNull else {
            return .failure(.init(text: phrases.nothingToUndo))
        }
        let room = (try? JSON(parsing: last.call.arguments))?["room"].map { [JSON.Member("room", $0)] } ?? []
        var members = room + [.init("celsius", previous["celsius"] ?? .null)]
        if let until = previous["until"]?.text,
            let moment = ISO8601Time(until)?.moment(in: situation.calendar), moment > situation.now
        {
            members.append(.init("until", .string(until)))
        }
        return .success([call(SetTemperatureTool.name, members)])
    }

    private func members(_ range: Range<Timestamp>) -> [JSON.Member] {
        [
            .init("start", situation.calendar.json(range.lowerBound)),
            .init("end", situation.calendar.json(range.upperBound)),
        ]
    }

    private func call(_ name: String, _ arguments: [JSON.Member], number: Int = 0) -> ToolCall {
        ToolCall(
            id: "builtin_\(request.messages.count)_\(number)", name: name,
            arguments: JSON.object(arguments).description)
    }
}

extension Intent {
    var isAboutARoom: Bool {
        switch self {
        case .now, .why, .history, .comfort, .set, .adjust, .backToSchedule: true
        case .greeting, .thanks, .help, .energy, .undo, .listRooms, .otherRoom, .future, .switchOff,
            .unclear, .unknown:
            false
        }
    }
}
