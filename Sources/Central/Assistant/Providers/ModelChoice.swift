internal import HTTPClient

/// The choice of the model by environment variables.
package enum ModelChoice {
    /// Returns the chosen model.
    ///
    /// - `HEARTH_CHAT_MODEL`: `anthropic`, `openai` or `built-in`. Without it: Anthropic if `ANTHROPIC_API_KEY` is set,
    ///   otherwise OpenAI-compatible if `OPENAI_BASE_URL` or `OPENAI_API_KEY` is set, otherwise the built-in model.
    /// - `ANTHROPIC_API_KEY`, `ANTHROPIC_MODEL`, `ANTHROPIC_BASE_URL` (without `/v1`)
    /// - `OPENAI_API_KEY`, `OPENAI_MODEL`, `OPENAI_BASE_URL` (with `/v1`)
    ///
    /// - Throws: `ModelChoiceError` if the chosen model can't be used; there is no silent fallback.
    package static func model(environment: [String: String]) throws(ModelChoiceError) -> any ChatModel {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let isOpenAI = value("OPENAI_BASE_URL") != nil || value("OPENAI_API_KEY") != nil
        let choice =
            value("HEARTH_CHAT_MODEL")
            ?? (value("ANTHROPIC_API_KEY") != nil ? "anthropic" : isOpenAI ? "openai" : "built-in")
        switch choice {
        case "built-in": return BuiltInModel()
        case "anthropic":
            guard let key = APIKey(value("ANTHROPIC_API_KEY")) else {
                throw ModelChoiceError(
                    description: "ANTHROPIC_API_KEY is missing or invalid: set it to the bare key.")
            }
            var settings = AnthropicModel.Settings(key: key)
            if let model = value("ANTHROPIC_MODEL") { settings.model = model }
            if let url = value("ANTHROPIC_BASE_URL") { settings.baseURL = try checked(url, "ANTHROPIC_BASE_URL") }
            return AnthropicModel(settings: settings)
        case "openai":
            var settings = OpenAIModel.Settings()
            if let text = value("OPENAI_API_KEY") {
                guard let key = APIKey(text) else {
                    throw ModelChoiceError(description: "OPENAI_API_KEY is invalid: set it to the bare key.")
                }
                settings.key = key
            }
            if let model = value("OPENAI_MODEL") { settings.model = model }
            if let url = value("OPENAI_BASE_URL") { settings.baseURL = try checked(url, "OPENAI_BASE_URL") }
            return OpenAIModel(settings: settings)
        default:
            throw ModelChoiceError(
                description: "HEARTH_CHAT_MODEL is “\(choice)”: set it to anthropic, openai or built-in.")
        }
    }

    private static func checked(_ url: String, _ name: String) throws(ModelChoiceError) -> String {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), !url.contains("@"),
            !url.contains(where: \.isWhitespace)
        else {
            throw ModelChoiceError(description: "\(name) must be an http or https URL without user and password.")
        }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}

/// The reason a model can't be used. It names the variable and a remedy, but never the value of a key.
package struct ModelChoiceError: Error, Sendable, CustomStringConvertible {
    /// The reason and the remedy, for operators.
    package var description: String
}
