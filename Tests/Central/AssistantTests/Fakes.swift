import Assistant
import Building
import CivilTime
import Foundation
import JSON
import Synchronization

let berlin = LocalCalendar(zoneNamed: "Europe/Berlin")!

func moment(_ text: String) -> Timestamp { ISO8601Time(text)!.moment(in: berlin)! }

/// A Saturday morning.
let saturdayMorning = moment("2026-11-21T08:30")

/// A room with fixed numbers that notes what it is asked.
final class FakeRoom: RoomService {
    struct State {
        var questions: [HistoryRequest] = []
        var comfortRanges: [Range<Timestamp>] = []
        var desiredStates: [DesiredTemperature] = []
        var desired: DesiredTemperature?
        var failure: (any Error)?
        var celsius: Double? = 21.4
        var delay: Duration = .zero
        var underWay = 0
        var mostUnderWay = 0
        var reason = "window_open since=08:12"
    }

    let place: RoomLocation
    let celsiusLimits = 16.0...26.0
    let state = Mutex(State())

    init(slug: String = "room-101", name: String = "Room 101") {
        place = RoomLocation(slug: slug, name: name, building: "Grand Hotel", calendar: berlin)
    }

    private func enter() async throws {
        let (delay, failure) = state.withLock { state in
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            return (state.delay, state.failure)
        }
        defer { state.withLock { $0.underWay -= 1 } }
        if delay > .zero { try await Task.sleep(for: delay) }
        if let failure { throw failure }
    }

    func status() async throws -> RoomStatus {
        try await enter()
        let now = saturdayMorning
        return state.withLock { state in
            var readings: [RoomStatus.Reading] = [
                .init(
                    datapoint: .humidity, value: .number(44.6), time: now.advanced(by: .seconds(-20)), quality: .good,
                    source: "iaq"),
                .init(
                    datapoint: .co2, value: .number(1180), time: now.advanced(by: .seconds(-20)), quality: .good,
                    source: "iaq"),
                .init(
                    datapoint: .presenceState, value: .text("occupied"), time: now.advanced(by: .seconds(-7200)),
                    quality: .good, source: "life_being"),
            ]
            if let celsius = state.celsius {
                readings.insert(
                    .init(
                        datapoint: .temperature, value: .number(celsius), time: now.advanced(by: .seconds(-10)),
                        quality: .good, source: "climate"), at: 0)
            }
            return RoomStatus(
                readings: readings,
                heating: .init(
                    setpointCelsius: state.desired?.celsius ?? 22, valvePercent: 0, mode: "window_open",
                    reason: state.reason, time: now.advanced(by: .seconds(-30))),
                desired: state.desired, coveragePercent: 99.4)
        }
    }

    func history(_ question: HistoryRequest) async throws -> HistoryResult {
        try await enter()
        state.withLock { $0.questions.append(question) }
        let value: ReadingValue =
            switch (question.datapoint, question.statistic) {
            case (.presenceState, .lastSeen): .text("occupied")
            case (.presenceState, _): .number(62.5)
            case (.co2, _): .number(812.4)
            case (.humidity, _): .number(47)
            default: .number(20.75)
            }
        return HistoryResult(
            value: value,
            time: question.statistic == .average ? nil : question.range.lowerBound.advanced(by: .seconds(60)),
            samples: 960, coveragePercent: 97.2, quality: .good)
    }

    func comfort(_ range: Range<Timestamp>) async throws -> ComfortReport {
        try await enter()
        state.withLock { $0.comfortRanges.append(range) }
        let start = range.lowerBound.advanced(by: .seconds(3600))
        return ComfortReport(
            comfortCelsius: 20...24, withinPercent: 93.1, averageCelsius: 21.6, minimumCelsius: 18.9,
            maximumCelsius: 23.2,
            discomforts: [
                .init(
                    kind: .tooCold, range: start..<start.advanced(by: .seconds(1800)), extremeCelsius: 18.9,
                    reasons: ["window_open since=06:05"])
            ], coveragePercent: 98, quality: .good)
    }

    func setDesired(_ desired: DesiredTemperature) async throws -> DesiredTemperatureOutcome {
        try await enter()
        return state.withLock { state in
            let previous = state.desired ?? DesiredTemperature(celsius: nil, until: nil)
            state.desiredStates.append(desired)
            state.desired = desired
            return DesiredTemperatureOutcome(
                previous: previous, desired: desired, reportedCelsius: desired.celsius, isApplied: true)
        }
    }
}

final class FakeEnergy: EnergyService {
    let calendar = berlin
    let questions = Mutex<[EnergyRequest]>([])

    func energy(_ question: EnergyRequest) async throws -> EnergyAnswer {
        questions.withLock { $0.append(question) }
        return EnergyAnswer(
            totals: question.subsystems.map { ($0, $0 == .ac ? 80.5 : 20) },
            file: Attachment(
                name: "energy.csv", url: "https://hearth.example/files/secret-signature", mediaType: "text/csv"),
            fileExpires: saturdayMorning.advanced(by: .seconds(3600)), coveragePercent: 96, quality: .good)
    }
}

struct FakeBuildings: BuildingService {
    let rooms = ["room-101": FakeRoom(), "room-102": FakeRoom(slug: "room-102", name: "Room 102")]
    let energyFacts = FakeEnergy()

    func buildings() async throws -> [BuildingListing] {
        [
            BuildingListing(
                slug: "grand", name: "Grand Hotel",
                floors: [
                    .init(
                        name: "1st floor",
                        rooms: [
                            .init(key: "grand/room-101", name: "Room 101"),
                            .init(key: "grand/room-102", name: "Room 102"),
                        ])
                ])
        ]
    }

    func room(_ key: String) async throws -> (any RoomService)? {
        rooms[key.hasPrefix("grand/") ? String(key.dropFirst(6)) : key]
    }

    func energy(of building: String?) async throws -> (any EnergyService)? {
        building == nil || building == "grand" ? energyFacts : nil
    }
}

/// Conversations in memory.
final class FakeConversations: ConversationStore {
    private let kept = Mutex<[String: (owner: ConversationOwner, messages: [ChatMessage])]>([:])

    func load(_ id: String, of owner: ConversationOwner, limit: Int) async throws -> [ChatMessage]? {
        kept.withLock { kept in
            kept[id].flatMap { $0.owner == owner ? Array($0.messages.suffix(limit)) : nil }
        }
    }

    func append(_ messages: [ChatMessage], to id: String, of owner: ConversationOwner) async throws {
        // Through JSON, as a database would keep them.
        let messages = try messages.map { ChatMessage(json: try JSON(parsing: $0.json.bytes))! }
        kept.withLock { kept in
            guard (kept[id]?.owner ?? owner) == owner else { return }
            kept[id] = (owner, (kept[id]?.messages ?? []) + messages)
        }
    }

    func messages(_ id: String) -> [ChatMessage] { kept.withLock { $0[id]?.messages ?? [] } }
    var count: Int { kept.withLock { $0.count } }
}

/// Says what it is scripted to say, turn by turn, and notes what it is asked.
final class ScriptedModel: ChatModel {
    enum Act: Sendable {
        case event(ChatModelEvent)
        case fail(ChatModelFailure)
        case pause(Duration)
        case hang
    }

    let name = "scripted"
    let requests = Mutex<[ChatRequest]>([])
    /// How often an answer was given up before its end.
    let departures = Mutex(0)
    private let turns: Mutex<[[Act]]>

    /// - Parameter turns: the last is repeated.
    init(_ turns: [[Act]]) { self.turns = Mutex(turns) }

    func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
        requests.withLock { $0.append(request) }
        let acts = turns.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        let (stream, continuation) = AsyncThrowingStream<ChatModelEvent, any Error>.makeStream()
        continuation.onTermination = { [self] end in
            if case .cancelled = end { departures.withLock { $0 += 1 } }
        }
        Task {
            for act in acts {
                switch act {
                case .event(let event): continuation.yield(event)
                case .fail(let failure): continuation.finish(throwing: failure)
                case .pause(let duration): try await Task.sleep(for: duration)
                case .hang: return
                }
            }
            continuation.finish()
        }
        return stream
    }

    static func say(_ text: String) -> [Act] {
        [.event(.text(text)), .event(.finished(.endOfTurn, .init(input: 10, output: 5)))]
    }

    static func call(_ calls: (String, String)...) -> [Act] {
        calls.enumerated().map { index, call in
            .event(.toolCall(ToolCall(id: "c\(index)", name: call.0, arguments: call.1)))
        } + [.event(.finished(.toolCalls, .init(input: 10, output: 5)))]
    }
}

/// A guest of room-101 with everything faked but what is tested.
struct GuestRig {
    let room = FakeRoom()
    let energy = FakeEnergy()
    let conversations = FakeConversations()
    let agent: ChatAgent

    init(_ model: any ChatModel, limits: ChatAgent.Limits = .init()) {
        agent = ChatAgent(model: model, conversations: conversations, limits: limits, now: { saturdayMorning })
    }

    func question(
        _ message: String, conversation: String? = nil, owner: String = "token-1", language: Language = .english
    ) -> ChatAgent.Question {
        ChatAgent.Question(
            message: message, conversationID: conversation, owner: ConversationOwner(owner),
            tools: .guest(room: room, energy: energy, now: { saturdayMorning }), calendar: berlin, room: room.place,
            language: language)
    }

    func ask(
        _ message: String, conversation: String? = nil, owner: String = "token-1", language: Language = .english
    ) async -> [ChatEvent] {
        var events: [ChatEvent] = []
        let question = question(message, conversation: conversation, owner: owner, language: language)
        for await event in agent.answer(question) { events.append(event) }
        return events
    }
}

extension [ChatEvent] {
    var calls: [ToolCall] { compactMap { if case .toolCall(let call, _) = $0 { call } else { nil } } }
    var results: [ToolOutcome] { compactMap { if case .toolResult(let outcome) = $0 { outcome } else { nil } } }
    var text: String { compactMap { if case .text(let text) = $0 { text } else { nil } }.joined() }
    var problem: String? { compactMap { if case .error(let problem) = $0 { problem.code } else { nil } }.first }
    var reply: ChatReply? { if case .done(let reply)? = last { reply } else { nil } }
    var names: [String] { map(\.name) }
}
