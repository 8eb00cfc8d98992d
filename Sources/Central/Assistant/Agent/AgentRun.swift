internal import Logging

/// The run of one question to its answer: turn by turn, the model writes and requests tools, and gets their results.
struct AgentRun {
    let agent: ChatAgent
    let question: ChatAgent.Question
    let emit: @Sendable (ChatEvent) -> Void

    private let deadline: ContinuousClock.Instant
    private let language: Language
    private var conversationID: String?
    private var history: [ChatMessage] = []
    /// The messages this question adds to the conversation.
    private var added: [ChatMessage]
    private var reply = ""
    private var outcomes: [(ToolCall, ToolOutcome)] = []
    private var usedTokens = 0

    private static let log = Logger(label: "hearth.concierge")

    init(agent: ChatAgent, question: ChatAgent.Question, emit: @escaping @Sendable (ChatEvent) -> Void) {
        self.agent = agent
        self.question = question
        self.emit = emit
        deadline = .now + agent.limits.time
        language = .detected(in: question.message, otherwise: question.language)
        added = [.guest(question.message)]
    }

    private var limits: ChatAgent.Limits { agent.limits }
    private var timeLeft: Duration { deadline - .now }

    mutating func run() async {
        await load()
        if let obstacle = unacceptable {
            // The message is not stored, because an empty one would make the conversation unusable for the provider.
            added = []
            return await finish(obstacle)
        }
        do throws(ChatFailure) {
            try await converse()
            await finish(nil)
        } catch {
            if case .cancelled = error {
                await keep()
            } else {
                await finish(error)
            }
        }
    }

    private var unacceptable: ChatFailure? {
        guard question.message.contains(where: { !$0.isWhitespace }) else { return .emptyMessage }
        let isTooLong = question.message.unicodeScalars.count > limits.messageCharacters
        return isTooLong ? .messageTooLong(limits.messageCharacters) : nil
    }

    private mutating func converse() async throws(ChatFailure) {
        for turn in 1...limits.turns {
            let mayCallTools = turn < limits.turns && usedTokens < limits.tokens
            let draft = try await nextMessage(mayCallTools: mayCallTools)
            usedTokens += draft.usage.total
            let calls = renamed(draft.calls)
            // An empty answer is an error.
            guard !calls.isEmpty || !draft.text.isEmpty else { throw .model(.malformed("the model returned nothing")) }
            added.append(.assistant(text: draft.text, calls: calls))
            reply += draft.text
            guard !calls.isEmpty else {
                if draft.stop == .length { throw .tooLong }
                return
            }
            if !draft.text.isEmpty { say("\n\n") }
            let results = try await results(of: calls, areAllowed: mayCallTools)
            added.append(.results(results))
            guard mayCallTools else { throw .tooManySteps }
        }
    }

    private mutating func say(_ text: String) {
        reply += text
        emit(.text(text))
    }

    // MARK: The model

    private func nextMessage(mayCallTools: Bool) async throws(ChatFailure) -> PartialMessage.Content {
        let request = ChatRequest(
            instructions: Instructions.text,
            situation: ChatSituation(
                now: agent.now(), calendar: question.calendar, room: question.room, language: language),
            tools: question.tools.definitions, mayCallTools: mayCallTools, messages: history + added,
            maxTokens: limits.turnTokens)
        var backoff = limits.backoff
        for attempt in 1... {
            let draft = PartialMessage(emit: emit)
            guard timeLeft > .zero else { throw .outOfTime }
            guard let failure = await attempted(request, draft) else { return draft.close() }
            let said = draft.close().text
            if Task.isCancelled { throw .cancelled }
            Self.log.warning(
                "the model did not respond",
                metadata: [
                    "model": "\(agent.model.name)", "failure": "\(failure)", "attempt": "\(attempt)",
                ])
            // Text that was sent can't be taken back, so the turn can't be repeated either.
            guard said.isEmpty else { throw .brokenOff(failure, said: said) }
            let delay = failure.retryAfter ?? backoff * Double.random(in: 0.75...1.25)
            guard failure.isPassing, attempt < limits.attempts, delay < timeLeft else { throw .model(failure) }
            backoff *= 2
            do { try await Task.sleep(for: delay) } catch { throw .cancelled }
        }
        throw .outOfTime
    }

    /// Sends a request once.
    ///
    /// - Returns: The failure; `nil` if the message is complete.
    private func attempted(_ request: ChatRequest, _ draft: PartialMessage) async -> ChatModelFailure? {
        let model = agent.model
        do {
            try await withDeadline(min(limits.turnTime, timeLeft)) {
                for try await event in model.respond(to: request) { draft.take(event) }
            }
            return draft.isFinished ? nil : .unavailable("the model's response was cut off")
        } catch let failure as ChatModelFailure {
            return failure
        } catch {
            return .timeout
        }
    }

    // MARK: The tools

    /// Replaces unusable ids: providers require ids that are unique in a conversation, and some servers send none.
    private func renamed(_ calls: [ToolCall]) -> [ToolCall] {
        var taken: Set<String> = []
        for case .assistant(_, let calls) in history + added { taken.formUnion(calls.map(\.id)) }
        return calls.map { call in
            var call = call
            let isPlain =
                !call.id.isEmpty && call.id.utf8.count <= 64
                && call.id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            if !isPlain || taken.contains(call.id) { call.id = "call_" + ConversationHistory.newID() }
            taken.insert(call.id)
            return call
        }
    }

    private mutating func results(of calls: [ToolCall], areAllowed: Bool) async throws(ChatFailure) -> [ToolOutcome] {
        let definitions = question.tools.definitions
        for call in calls {
            let title = definitions.first { $0.name == call.name }?.title ?? call.name
            emit(.toolCall(call, title: title))
        }
        let most = areAllowed ? limits.callsPerTurn : 0
        let box = question.tools.answering(question.message)
        let results = await ToolRunner(box: box, most: most).run(calls, within: max(timeLeft, .zero))
        if Task.isCancelled { throw .cancelled }
        for (call, outcome) in zip(calls, results) {
            emit(.toolResult(outcome))
            outcomes.append((call, outcome))
        }
        return results
    }

    // MARK: The conversation

    private mutating func load() async {
        guard let id = question.conversationID, ConversationHistory.isPossibleID(id) else { return }
        let store = agent.conversations
        let (owner, most) = (question.owner, limits.historyMessages)
        do {
            let kept = try await withDeadline(limits.storeTime) { try await store.load(id, of: owner, limit: most) }
            guard let kept else { return }
            conversationID = id
            history = ConversationHistory.usable(kept, bytes: limits.historyBytes)
        } catch {
            Self.log.warning("a conversation could not be read", metadata: ["error": "\(error)"])
        }
    }

    private mutating func finish(_ obstacle: ChatFailure?) async {
        if let obstacle {
            var last = obstacle.apology(language)
            if case .brokenOff(_, let said) = obstacle {
                reply += said
                last = said + "\n\n" + last
            }
            say((reply.isEmpty ? "" : "\n\n") + obstacle.apology(language))
            if !added.isEmpty { added.append(.assistant(text: last, calls: [])) }
            emit(.error(obstacle.problem))
        }
        let id = await keep()
        emit(.done(ChatReply(conversationID: id, reply: reply, outcomes: outcomes)))
    }

    /// Stores the new messages even if the caller has left: a change made by a tool must not be forgotten.
    @discardableResult
    private mutating func keep() async -> String {
        let id = conversationID ?? ConversationHistory.newID()
        let (store, owner, limit) = (agent.conversations, question.owner, limits.storeTime)
        let messages = ConversationHistory.closed(added)
        guard !messages.isEmpty else { return id }
        // A separate task is not cancelled with the caller's.
        await Task {
            do {
                try await withDeadline(limit) { try await store.append(messages, to: id, of: owner) }
            } catch {
                Self.log.warning("a conversation could not be stored", metadata: ["error": "\(error)"])
            }
        }.value
        return id
    }
}
