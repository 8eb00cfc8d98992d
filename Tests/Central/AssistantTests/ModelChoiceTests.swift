import Assistant
import Testing

@Suite struct ModelChoiceTests {
    @Test(
        arguments: [
            ([:], "built-in"), (["ANTHROPIC_API_KEY": ""], "built-in"),
            (["ANTHROPIC_API_KEY": "sk-1", "OPENAI_API_KEY": "sk-2"], "anthropic claude-sonnet-5-5"),
            (["ANTHROPIC_API_KEY": "sk-1", "ANTHROPIC_MODEL": "m"], "anthropic m"),
            (["OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_MODEL": "llama"], "openai-compatible llama"),
            (["OPENAI_API_KEY": "sk-2"], "openai-compatible gpt-5-mini"),
            (["ANTHROPIC_API_KEY": "sk-1", "HEARTH_CHAT_MODEL": "built-in"], "built-in"),
        ] as [([String: String], String)])
    func `chooses by the environment`(_ environment: [String: String], _ name: String) throws {
        #expect(try ModelChoice.model(environment: environment).name == name)
    }

    @Test(
        arguments: [
            (["HEARTH_CHAT_MODEL": "anthropic"], "ANTHROPIC_API_KEY is missing"),
            (["ANTHROPIC_API_KEY": "sk secret"], "ANTHROPIC_API_KEY is missing or invalid"),
            (["ANTHROPIC_API_KEY": "sk-secret\r\nx-evil: 1"], "ANTHROPIC_API_KEY is missing or invalid"),
            (["OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": "ftp://x"], "OPENAI_BASE_URL must be"),
            (["OPENAI_BASE_URL": "http://user:secret@x/v1"], "OPENAI_BASE_URL must be"),
            (["HEARTH_CHAT_MODEL": "gemini"], "set it to anthropic, openai or built-in"),
        ] as [([String: String], String)])
    func `says which variable is wrong, and not its secret`(_ environment: [String: String], _ message: String) {
        #expect {
            try ModelChoice.model(environment: environment)
        } throws: { error in
            "\(error)".contains(message) && !"\(error)".contains("secret")
        }
    }

    @Test func `a key shows itself nowhere`() throws {
        let key = try #require(APIKey(" sk-secret\n"))
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!("\(key)" + String(reflecting: key) + dumped).contains("secret"))
    }
}
