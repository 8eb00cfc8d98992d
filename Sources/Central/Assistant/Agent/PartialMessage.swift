internal import Synchronization

/// A message of the model while it arrives. Once closed it accepts nothing more, so that a model that ignores
/// cancellation can't add text later.
final class PartialMessage: Sendable {
    struct Content {
        var text = ""
        var calls: [ToolCall] = []
        var stop: StopReason?
        var usage = TokenUsage()
    }

    private let emit: @Sendable (ChatEvent) -> Void
    private let state = Mutex((content: Content(), isClosed: false))

    init(emit: @escaping @Sendable (ChatEvent) -> Void) { self.emit = emit }

    var isFinished: Bool { state.withLock { $0.content.stop != nil } }

    func take(_ event: ChatModelEvent) {
        state.withLock { state in
            guard !state.isClosed, state.content.stop == nil else { return }
            switch event {
            case .text(let text):
                state.content.text += text
                // The event is emitted under the lock, so that none comes after `close`.
                emit(.text(text))
            case .toolCall(let call): state.content.calls.append(call)
            case .finished(let stop, let usage):
                state.content.stop = stop
                state.content.usage = usage
            }
        }
    }

    func close() -> Content {
        state.withLock { state in
            state.isClosed = true
            return state.content
        }
    }
}
