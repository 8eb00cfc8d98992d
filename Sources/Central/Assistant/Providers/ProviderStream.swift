internal import HTTPClient

/// A state machine without I/O that decodes a provider's events.
package protocol ProviderDecoder: Sendable {
    /// A Boolean value that indicates whether the message is complete; later events are ignored.
    var isFinished: Bool { get }
    /// Decodes an event.
    mutating func take(_ event: ServerSentEvent) throws(ChatModelFailure) -> [ChatModelEvent]
    /// Ends decoding after the answer has ended.
    mutating func end() throws(ChatModelFailure) -> [ChatModelEvent]
}

/// Sends one request to a provider, and decodes its answer as it arrives.
struct ProviderStream<Decoder: ProviderDecoder>: Sendable {
    let http: HTTPStream
    let request: HTTPRequest
    let key: APIKey?
    let decoder: Decoder

    func events() -> AsyncThrowingStream<ChatModelEvent, any Error> {
        let (stream, continuation) = AsyncThrowingStream<ChatModelEvent, any Error>.makeStream()
        let task = Task {
            do throws(ChatModelFailure) {
                try await run { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func run(_ yield: (ChatModelEvent) -> Void) async throws(ChatModelFailure) {
        var head: (status: Int, headers: [String: String])?
        var errorBody: [UInt8] = []
        var parser = ServerSentEventParser()
        var decoder = decoder
        do {
            for try await event in http.open(request) {
                switch event {
                case .head(let status, let headers): head = (status, headers)
                case .chunk(let bytes) where head?.status == 200:
                    for event in try parser.take(bytes) where !decoder.isFinished {
                        for event in try decoder.take(event) { yield(event) }
                    }
                    if decoder.isFinished { return }
                case .chunk(let bytes): errorBody += bytes.prefix(max(0, 65_536 - errorBody.count))
                }
            }
        } catch let failure as ChatModelFailure {
            throw failure
        } catch let failure as HTTPStream.Failure {
            if case .timedOut = failure { throw .timeout }
            throw .unavailable(ProviderError.cleaned("\(failure)", key))
        } catch {
            throw .malformed("an event of the provider is too long")
        }
        guard let head else { throw .unavailable("the provider gave no response") }
        guard head.status == 200 else {
            throw ProviderError(body: errorBody).failure(status: head.status, headers: head.headers, key: key)
        }
        for event in try decoder.end() { yield(event) }
    }
}
