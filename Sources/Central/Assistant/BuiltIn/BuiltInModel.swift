/// A model that answers common questions in English and German with the same tools as any other model. It needs no key
/// and no network, gives the same answer every time, and says so if it does not understand.
package struct BuiltInModel: ChatModel {
    /// Creates the model.
    package init() {}

    /// The name for logs.
    package var name: String { "built-in" }

    /// Returns the next message, which is computed at once.
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
