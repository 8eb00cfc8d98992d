internal import Assistant
internal import ChatAPI
internal import ConfigurationFile
internal import Storage

/// The environment variables that choose the chat's model.
struct ChatVariables {
    private let environment: [String: String]
    private let isOverridden: Bool

    private static let provider = "HEARTH_CHAT_MODEL"

    /// Reads the environment.
    ///
    /// - Parameter overrides: The overrides of the command line, which take precedence.
    init(_ environment: [String: String], overrides: [String]) {
        self.environment = environment
        isOverridden = overrides.contains { $0.hasPrefix("chat.provider=") }
    }

    /// Returns the configured model.
    ///
    /// - Parameter provider: The provider named by the file.
    /// - Throws: `ModelChoiceError`.
    func model(provider: String?) throws(ModelChoiceError) -> any ChatModel {
        var environment = environment
        let isSet = environment[Self.provider].map { !$0.isEmpty } ?? false
        if let provider, isOverridden || !isSet { environment[Self.provider] = provider }
        return try ModelChoice.model(environment: environment)
    }
}

extension CentralConfiguration.Chat {
    private static let providers = ["anthropic", "openai", "built-in"]

    init(
        _ section: ConfigurationSection?, _ variables: ChatVariables, in root: ConfigurationSection
    ) throws(ConfigurationError) {
        var provider: String?
        if let section, try section.optionalText("provider") != nil {
            provider = try section.value("provider", expected: "one of \(Self.providers.joined(separator: ", "))") {
                Self.providers.contains($0) ? $0 : nil
            }
        }
        do {
            model = try variables.model(provider: provider)
        } catch {
            throw root.error(at: "chat.provider", "can't be used: \(error)")
        }
        guard let section else { return }
        limits.requests = try section.integer("requests", in: 1...10_000, default: limits.requests)
        limits.requestsPerToken = try section.integer(
            "requestsPerToken", in: 1...1000, default: limits.requestsPerToken)
        limits.requestsPerMinute = try section.integer(
            "requestsPerMinute", in: 1...10_000, default: limits.requestsPerMinute)
        limits.messageCharacters = try section.integer(
            "messageCharacters", in: 100...20_000, unit: "characters", default: limits.messageCharacters)
        limits.conversations.conversations = try section.integer(
            "conversationsPerToken", in: 1...1000, default: limits.conversations.conversations)
        limits.conversations.messages = try section.integer(
            "messagesPerConversation", in: 40...10_000, default: limits.conversations.messages)
        limits.conversations.lifetime = .seconds(
            3600 * (try section.integer("conversationHours", in: 1...720, unit: "h", default: 24)))
        limits.linkLifetime = .seconds(
            60 * (try section.integer("linkMinutes", in: 1...1440, unit: "min", default: 60)))
        try section.finish()
    }
}
