/// Answers the common questions by itself, in English and German, with the same tools as any other model: no key, no
/// network, and the same answer every time. It says so when it does not understand.
package struct BuiltInModel: ChatModel {
    package init() {}

    package var name: String { "built-in" }

    package func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<ChatModelEvent, any Error>.makeStream()
        switch BuiltInDialogue(request: request).next() {
        case .say(let text):
            continuation.yield(.text(text))
            continuation.yield(.finished(.endOfTurn, TokenUsage()))
        case .call(let calls):
            for call in calls { continuation.yield(.toolCall(call)) }
            continuation.yield(.finished(.toolCalls, TokenUsage()))
        }
        continuation.finish()
        return stream
    }
}
