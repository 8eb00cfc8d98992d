package import HTTPClient
internal import JSON

/// A model of Anthropic's Messages API, version 2023-06-01, with tool use, streaming and prompt caching.
package struct AnthropicModel: ChatModel {
    /// The key, the model and the connection.
    package struct Settings: Sendable {
        /// The key, from `ANTHROPIC_API_KEY`.
        package var key: APIKey
        /// The name of the model, from `ANTHROPIC_MODEL`.
        package var model = "claude-sonnet-5-5"
        /// The base URL without a trailing slash, from `ANTHROPIC_BASE_URL`.
        package var baseURL = "https://api.anthropic.com"
        /// The connection's timeouts and limits.
        package var http = HTTPStream.Settings()

        /// Creates settings with the default model and URL.
        package init(key: APIKey) { self.key = key }
    }

    private let settings: Settings

    /// Creates a model.
    package init(settings: Settings) { self.settings = settings }

    /// The provider and the model, for logs.
    package var name: String { "anthropic \(settings.model)" }

    /// Sends a request, and returns the model's events as they arrive.
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
