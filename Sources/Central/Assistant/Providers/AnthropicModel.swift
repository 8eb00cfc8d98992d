public import HTTPClient
internal import JSON

/// Anthropic's Messages API, version 2023-06-01, with tool use, streaming and prompt caching.
public struct AnthropicModel: ChatModel {
    public struct Settings: Sendable {
        /// `ANTHROPIC_API_KEY`
        public var key: APIKey
        public var model = "claude-sonnet-5-5"
        /// Without a slash at its end.
        public var baseURL = "https://api.anthropic.com"
        public var http = HTTPStream.Settings()

        public init(key: APIKey) { self.key = key }
    }

    private let settings: Settings

    public init(settings: Settings) { self.settings = settings }

    public var name: String { "anthropic \(settings.model)" }

    public func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
        let body = AnthropicRequest(model: settings.model, request: request).json
        let http = HTTPRequest(
            method: .post, url: settings.baseURL + "/v1/messages",
            headers: [
                ("content-type", "application/json"), ("accept", "text/event-stream"),
                ("anthropic-version", "2023-06-01"), ("x-api-key", settings.key.secret),
            ], body: body.bytes)
        return ProviderStream(
            http: HTTPStream(settings: settings.http), request: http, key: settings.key,
            decoder: AnthropicDecoder(key: settings.key)
        ).events()
    }
}
