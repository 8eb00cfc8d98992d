/// The reason there is no complete answer.
enum ChatFailure: Error {
    /// The caller left.
    case cancelled
    case emptyMessage
    /// The message exceeds the limit, in characters.
    case messageTooLong(Int)
    case model(ChatModelFailure)
    /// The model failed after it had written part of the answer.
    case brokenOff(ChatModelFailure, said: String)
    case outOfTime
    case tooManySteps
    /// The answer was cut off at its largest length.
    case tooLong

    var problem: ChatProblem {
        switch self {
        case .cancelled: .init(code: "cancelled", message: "The client disconnected.", hint: "Ask again.")
        case .emptyMessage: .init(code: "empty_message", message: "The message is empty.", hint: "Write something.")
        case .messageTooLong(let limit):
            .init(
                code: "message_too_long", message: "The message is longer than \(limit) characters.",
                hint: "Write a shorter one.")
        case .model(let failure), .brokenOff(let failure, _):
            .init(
                code: failure.code, message: "The language model gave no complete answer.",
                hint: failure.isPassing
                    ? "Ask again in a minute." : "Operators: see the log of the central service.")
        case .outOfTime:
            .init(code: "out_of_time", message: "The answer took too long.", hint: "Try again, or ask for less.")
        case .tooManySteps:
            .init(code: "too_many_steps", message: "The question takes too many steps.", hint: "Ask for less at once.")
        case .tooLong: .init(code: "too_long", message: "The answer was cut off.", hint: "Ask for less at once.")
        }
    }

    /// Returns the explanation for the guest.
    func apology(_ language: Language) -> String {
        let (english, german) = apologies
        return language == .german ? german : english
    }

    private var apologies: (english: String, german: String) {
        switch self {
        case .cancelled, .outOfTime:
            (
                "Sorry, that took too long. Please ask me again.",
                "Entschuldigung, das hat zu lange gedauert. Bitte fragen Sie noch einmal."
            )
        case .emptyMessage: ("Please write a question.", "Bitte schreiben Sie eine Frage.")
        case .messageTooLong:
            (
                "Sorry, that is too long for me. Please ask in fewer words.",
                "Entschuldigung, das ist zu lang für mich. Bitte fragen Sie mit weniger Worten."
            )
        case .tooManySteps:
            (
                "Sorry, that is too much at once. Please ask for one thing at a time.",
                "Entschuldigung, das ist zu viel auf einmal. Bitte fragen Sie eins nach dem anderen."
            )
        case .tooLong:
            (
                "(My answer got too long here. Please ask for less at a time.)",
                "(Meine Antwort wurde hier zu lang. Bitte fragen Sie nach weniger auf einmal.)"
            )
        case .model(.refusal), .brokenOff(.refusal, _):
            (
                "Sorry, I can't help with that. I can tell you about your room and its temperature, though.",
                "Entschuldigung, dabei kann ich nicht helfen. Über Ihr Zimmer und seine Temperatur gebe ich gern Auskunft."
            )
        case .model(.overloaded), .model(.rateLimited):
            (
                "Sorry, I have a lot to do right now. Please ask me again in a minute.",
                "Entschuldigung, ich habe gerade sehr viel zu tun. Bitte fragen Sie in einer Minute noch einmal."
            )
        case .model, .brokenOff:
            (
                "Sorry, I can't answer at the moment. Please ask me again in a minute.",
                "Entschuldigung, ich kann gerade nicht antworten. Bitte fragen Sie in einer Minute noch einmal."
            )
        }
    }
}
