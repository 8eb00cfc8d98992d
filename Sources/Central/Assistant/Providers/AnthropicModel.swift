package import HTTPClient
internal import JSON

/// Anthropic's Messages API, version 2023-06-01, with tool use, streaming and prompt caching.
package struct AnthropicModel: ChatModel {
    package struct Settings: Sendable {
        /// `ANTHROPIC_API_KEY`
        package var key: APIKey
        package var model = "claude-sonnet-5-5"
        /// Without a slash at its end.
        package var baseURL = "https://api.anthropic.com"
        package var http = HTTPStream.Settings()

        package init(key: APIKey) { self.key = key }
    }

    private let settings: Settings

    package init(settings: Settings) { self.settings = settings }

    package var name: String { "anthropic \(settings.model)" }

    package func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
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
