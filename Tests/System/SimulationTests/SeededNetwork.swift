import HTTPClient
import Rig
import Synchronization

typealias UplinkRequest = HTTPRequest
typealias UplinkAnswer = HTTPAnswer

/// The way from the gateway to the central service, on which everything happens that happens on such ways.
final class SeededNetwork: HTTPTransport {
    static let baseURL = "http://central"

    enum Mishap: CaseIterable {
        case requestLost, answerLost, late, doubled, portal, emptyPortal, tooLarge, busy, ownFault, replicaCrash
    }

    private struct State {
        var dice: SeededRandom
        var mishaps: [Mishap]
        /// Of 100 requests so many meet a mishap.
        var percent: Int
        /// What is still on its way.
        var late: [UplinkRequest] = []
        var replicas: [CentralReplica]
        var reports = 0
        var isResting = false
    }

    private let state: Mutex<State>
    private let makeReplica: @Sendable () -> CentralReplica
    private let log: EventLog

    init(
        dice: SeededRandom, mishaps: [Mishap], percent: Int, log: EventLog,
        makeReplica: @escaping @Sendable () -> CentralReplica
    ) {
        state = Mutex(
            State(dice: dice, mishaps: mishaps, percent: percent, replicas: [makeReplica(), makeReplica()]))
        self.makeReplica = makeReplica
        self.log = log
    }

    /// From now on every request gets through. What is still on its way comes in the end.
    func heal() { state.withLock { $0.percent = 0 } }

    /// Nothing goes wrong for a while.
    func rest(_ isResting: Bool) { state.withLock { $0.isResting = isResting } }

    /// How many reports the central service has taken.
    var reports: Int { state.withLock { $0.reports } }

    func perform(_ request: UplinkRequest) async throws -> UplinkAnswer {
        if state.withLock({ !$0.isResting && !$0.late.isEmpty && $0.dice.chance(25) }) { try await deliverLate() }
        let mishap = state.withLock { state in
            !state.isResting && state.dice.chance(state.percent) ? state.mishaps.randomElement(using: &state.dice) : nil
        }
        let name = "\(request.method.rawValue) \(path(of: request))"
        guard let mishap else {
            let answer = try await deliver(request)
            log.note("\(name): \(answer.status)")
            if answer.status == 204, request.url.hasSuffix("/report") { state.withLock { $0.reports += 1 } }
            return answer
        }
        log.note("\(name): \(mishap)")
        switch mishap {
        case .requestLost: break
        case .answerLost: _ = try await deliver(request)
        case .late: state.withLock { $0.late.append(request) }
        case .doubled:
            // To both replicas at once.
            let (one, other) = state.withLock { ($0.replicas[0], $0.replicas[1]) }
            let path = path(of: request)
            async let first = one.answer(request, path: path)
            async let second = other.answer(request, path: path)
            let answers = try await (first, second)
            return state.withLock({ $0.dice.chance(50) }) ? answers.0 : answers.1
        case .portal:
            let status = state.withLock { [200, 200, 302, 403, 404, 511].randomElement(using: &$0.dice)! }
            return UplinkAnswer(status: status, headers: ["content-type": "text/html"], body: Array("<html>".utf8))
        case .emptyPortal: return UplinkAnswer(status: 204)
        case .tooLarge: return UplinkAnswer(status: 413)
        case .busy:
            let (status, seconds) = state.withLock { state in
                ([429, 503].randomElement(using: &state.dice)!, state.dice.number(0...40))
            }
            return UplinkAnswer(status: status, headers: ["retry-after": "\(seconds)"])
        case .ownFault: return UplinkAnswer(status: 500)
        case .replicaCrash:
            // It begins anew and knows nothing; what it was about was committed, or not.
            if state.withLock({ $0.dice.chance(50) }) { _ = try await deliver(request) }
            let (new, place) = (makeReplica(), state.withLock { $0.dice.number(0...1) })
            state.withLock { $0.replicas[place] = new }
        }
        throw HTTPClientError(description: "\(mishap)")
    }

    /// Some at once, which arrive in any order; after a few the way is full.
    func perform<Feed: RequestFeed>(_ feed: inout Feed) async {
        for _ in 0..<state.withLock({ $0.dice.number(1...3) }) {
            var underWay: [(mark: Feed.Mark, request: UplinkRequest)] = []
            let atOnce = state.withLock { $0.dice.number(1...4) }
            while underWay.count < atOnce, let given = await feed.next() { underWay.append(given) }
            if underWay.isEmpty { return }
            for index in state.withLock({ underWay.indices.shuffled(using: &$0.dice) }) {
                let answer: Result<UplinkAnswer, any Error>
                do { answer = .success(try await perform(underWay[index].request)) } catch { answer = .failure(error) }
                await feed.ended(underWay[index].mark, answer)
            }
        }
    }

    /// What was on its way for long arrives; nobody waits for the answer any more.
    func deliverLate(all: Bool = false) async throws {
        while let request = state.withLock({ state in
            state.late.isEmpty ? nil : state.late.remove(at: state.dice.number(0...(state.late.count - 1)))
        }) {
            let answer = try await deliver(request)
            log.note("late \(request.method.rawValue) \(path(of: request)): \(answer.status)")
            if !all, state.withLock({ $0.dice.chance(50) }) { break }
        }
    }

    private func deliver(_ request: UplinkRequest) async throws -> UplinkAnswer {
        let replica = state.withLock { $0.replicas.randomElement(using: &$0.dice)! }
        return try await replica.answer(request, path: path(of: request))
    }

    private func path(of request: UplinkRequest) -> String { String(request.url.dropFirst(Self.baseURL.count)) }
}
