internal import APISupport
internal import Assistant
internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// The answer to one message, streamed as server-sent events, or sent as one JSON object at the end. When the client
/// disconnects, the work ends.
struct ChatAnswer: Sendable {
    let agent: ChatAgent
    let question: ChatAgent.Question
    /// The slot for the question, held while the answer exists.
    let place: ConcurrencyLimiter.Permit
    let request: Request

    /// Tells nginx not to buffer the stream.
    private static let accelBuffering = HTTPField.Name("X-Accel-Buffering")!

    private var wantsObject: Bool {
        let accepted = AcceptedTypes(request.headers)
        return accepted.weight(of: "application/json") > accepted.weight(of: "text/event-stream")
    }

    var response: Response {
        let wantsObject = wantsObject
        var headers: HTTPFields = [
            .contentType: wantsObject ? "application/json; charset=utf-8" : "text/event-stream",
            .cacheControl: "no-store",
            // Detecting the client's disconnection makes the connection unusable for further requests.
            .connection: "close",
        ]
        if !wantsObject { headers[Self.accelBuffering] = "no" }
        let body = request.body
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let transferred = EventWriter(writer)
                try await body.whileClientStays {
                    try await send(transferred, asObject: wantsObject)
                }
                try await writer.finish(nil)
            })
    }

    private func send(_ writer: EventWriter, asObject: Bool) async throws {
        for await event in agent.answer(question) {
            if asObject {
                if case .done(let reply) = event { try await writer.write(reply.json.description) }
            } else {
                try await writer.write(event.serverSentEvent)
            }
        }
        try Task.checkCancellation()
    }
}
