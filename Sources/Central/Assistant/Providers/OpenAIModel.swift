package import HTTPClient
internal import JSON

/// A model of OpenAI's chat completions API with function calling and streaming, which many local servers offer too.
package struct OpenAIModel: ChatModel {
    /// The key, the model and the connection.
    package struct Settings: Sendable {
        /// The key, from `OPENAI_API_KEY`; local servers need none.
        package var key: APIKey?
        /// The name of the model, from `OPENAI_MODEL`.
        package var model = "gpt-5-mini"
        /// The base URL including `/v1` without a trailing slash, from `OPENAI_BASE_URL`.
        package var baseURL = "https://api.openai.com/v1"
        /// The connection's timeouts and limits.
        package var http = HTTPStream.Settings()

        /// Creates settings with the default model and URL, without a key.
        package init() {}
    }

    private let settings: Settings

    /// Creates a model.
    package init(settings: Settings) { self.settings = settings }

    /// The kind of API and the model, for logs.
    package var name: String { "openai-compatible \(settings.model)" }

    /// Sends a request, and returns the model's events as they arrive.
    package func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
        var headers = [(name: "content-type", value: "application/json"), (name: "accept", value: "text/event-stream")]
        if let key = settings.key { headers.append((name: "authorization", value: "Bearer \(key.secret)")) }
        // OpenAI's newer models accept only the one name, many local servers only the other.
        let isOpenAI = settings.baseURL.hasPrefix("https://api.openai.com")
        let body = OpenAIRequest(
            model: settings.model, limitName: isOpenAI ? "max_completion_tokens" : "max_tokens", request: request)
        return ProviderStream(
            http: HTTPStream(settings: settings.http),
            request: HTTPRequest(
                method: .post, url: settings.baseURL + "/chat/completions", headers: headers, body: body.json.bytes),
            key: settings.key, decoder: OpenAIDecoder(key: settings.key)
        ).events()
    }
}
