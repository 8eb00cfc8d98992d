package import HTTPClient
internal import JSON

/// Chat completions with function calling and streaming, as OpenAI defined them and many local servers speak them.
package struct OpenAIModel: ChatModel {
    package struct Settings: Sendable {
        /// `OPENAI_API_KEY`; local servers need none.
        package var key: APIKey?
        package var model = "gpt-5-mini"
        /// `OPENAI_BASE_URL`: up to and with `/v1`, without a slash at its end.
        package var baseURL = "https://api.openai.com/v1"
        package var http = HTTPStream.Settings()

        package init() {}
    }

    private let settings: Settings

    package init(settings: Settings) { self.settings = settings }

    package var name: String { "openai-compatible \(settings.model)" }

    package func respond(to request: ChatRequest) -> AsyncThrowingStream<ChatModelEvent, any Error> {
        var headers = [(name: "content-type", value: "application/json"), (name: "accept", value: "text/event-stream")]
        if let key = settings.key { headers.append((name: "authorization", value: "Bearer \(key.secret)")) }
        // OpenAI's own newer models know only the one name, many local servers only the other.
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
