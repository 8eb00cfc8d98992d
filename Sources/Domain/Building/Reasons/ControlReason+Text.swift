// The one text of each reason, for storage and messages: the code, then its parameters in a fixed order.
//
//     heating below=1.2 setpoint=22
//     closed above=2.5 target=19 cause=eco_absence absent=31min
//     window_open since=14:02

extension ControlReason: CustomStringConvertible {
    /// The maximum length of a reason's text, bytes.
    package static let longestText = ShortText.limit

    /// The reason as it is stored and sent, in ASCII: `window_open since=14:02`.
    package var text: String {
        let (code, parameters) = (code, parameters)
        return parameters.reduce(into: code.rawValue) { $0 += " \($1.name.rawValue)=\($1.value.text)" }
    }

    /// The reason as it is stored and sent, for a reported state.
    package var shortText: ShortText { ShortText(shortening: text) }

    package var description: String { text }

    /// Reads a reason as `text` writes it; `nil` for anything else, such as a code of a later version. Takes time in
    /// proportion to the text's length, and none for one that is longer than `longestText`.
    package init?(text: String) {
        guard text.utf8.count <= Self.longestText else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.first, let code = Code(rawValue: String(first)) else { return nil }
        var fields = Fields()
        for word in words.dropFirst() { guard fields.take(word) else { return nil } }
        // Whatever is left over, repeated, in another order or written in another way has another text.
        guard let reason = Self(code, fields), reason.text.utf8.elementsEqual(text.utf8) else { return nil }
        self = reason
    }

    /// The parameters of a text, not yet decoded.
    fileprivate struct Fields {
        private var values: [Parameter: Substring] = [:]

        /// Takes `name=value`; returns `false` if it is not that, or the name came before.
        mutating func take(_ word: Substring) -> Bool {
            guard let equals = word.firstIndex(of: "="), let name = Parameter(rawValue: String(word[..<equals])) else {
                return false
            }
            return values.updateValue(word[word.index(after: equals)...], forKey: name) == nil
        }

        func has(_ name: Parameter) -> Bool { values[name] != nil }
        func number(_ name: Parameter) -> Number? { values[name].flatMap(Number.init(text:)) }
        func time(_ name: Parameter) -> ClockTime? { values[name].flatMap(ClockTime.init(text:)) }
        func span(_ name: Parameter) -> Span? { values[name].flatMap(Span.init(text:)) }
        var cause: CauseCode? { values[.cause].flatMap { CauseCode(rawValue: String($0)) } }
    }

    private init?(_ code: Code, _ fields: Fields) {
        switch code {
        case .heating, .holding, .closed:
            guard let regulation = Regulation(isShut: code == .closed, fields) else { return nil }
            self = .regulating(regulation)
        case .exercise: self = .exercise
        case .windowOpen:
            if let since = fields.time(.since) {
                self = .windowOpen(.since(since))
            } else if let span = fields.span(.for) {
                self = .windowOpen(.lasting(span))
            } else {
                return nil
            }
        case .frostProtection:
            guard let celsius = fields.number(.celsius) else { return nil }
            self = .frostProtection(celsius: celsius)
        case .noSensor:
            guard let span = fields.span(.for) else { return nil }
            self = .noSensor(for: span)
        case .impossibleReading:
            guard let celsius = fields.number(.celsius), let above = fields.number(.above) else { return nil }
            self = .impossibleReading(
                celsius: celsius, aboveSetpoint: above, outdoorCelsius: fields.number(.outdoor))
        case .commandRefused: self = .commandRefused
        case .commandUnanswered: self = .commandUnanswered
        case .commandUnconfirmed: self = .commandUnconfirmed
        case .atMost:
            guard let celsius = fields.number(.celsius) else { return nil }
            self = .atMost(celsius: celsius)
        case .atLeast:
            guard let celsius = fields.number(.celsius) else { return nil }
            self = .atLeast(celsius: celsius)
        case .notControlled: self = .notControlled
        case .overridden: self = .overridden
        case .expired: self = .expired
        case .noTopic: self = .noTopic
        }
    }
}

extension ControlReason.Regulation {
    fileprivate init?(isShut: Bool, _ fields: ControlReason.Fields) {
        let goal: Goal
        if let setpoint = fields.number(.setpoint) {
            goal = .setpoint(setpoint)
        } else if let target = fields.number(.target) {
            goal = .target(target)
        } else {
            return nil
        }
        let error = fields.number(.below) ?? ControlReason.Number(-(fields.number(.above)?.value ?? 0))
        self.init(
            isShut: isShut, error: error, goal: goal, cause: ControlReason.Cause(fields),
            isEstimated: fields.has(.estimated))
    }
}

extension ControlReason.Cause {
    fileprivate init?(_ fields: ControlReason.Fields) {
        let absence = fields.span(.absent).map(ControlReason.Saving.absence)
        switch fields.cause {
        case nil: return nil
        case .ecoRequested: self = .ecoRequested
        case .off: self = .off
        case .frostProtectionRequested: self = .frostProtectionRequested
        case .boost:
            guard let left = fields.span(.left) else { return nil }
            self = .boost(left: left)
        case .ecoBySchedule: self = .eco(.schedule)
        case .ecoByAbsence:
            guard let absence else { return nil }
            self = .eco(absence)
        case .setDespiteSchedule: self = .setDespite(.schedule)
        case .setDespiteAbsence:
            guard let absence else { return nil }
            self = .setDespite(absence)
        case .preheating:
            guard let start = fields.time(.start) else { return nil }
            self = .preheating(for: start)
        }
    }
}
