internal import HTTPAnswers
internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Lets in as many questions at the same time as can be answered.
final class ChatAdmission: Sendable {
    private let limits: ChatLimits
    private let counts = Mutex<(all: Int, byToken: [Int: Int])>((0, [:]))

    private static let retrySeconds = 2

    init(limits: ChatLimits) { self.limits = limits }

    /// One question's place, which is free again when this is no longer held.
    final class Place: Sendable {
        private let admission: ChatAdmission
        private let token: Int

        fileprivate init(_ admission: ChatAdmission, token: Int) {
            self.admission = admission
            self.token = token
        }

        deinit { admission.leave(token) }
    }

    /// - Throws: `AnswerError` 429.
    func enter(token: Int) throws -> Place {
        let refusal: AnswerError? = counts.withLock { counts in
            if counts.byToken[token, default: 0] >= limits.requestsPerToken {
                return .tryLater(
                    .tooManyRequests, code: "too_many_questions",
                    "This token has as many questions waiting for their answers as it may.", seconds: Self.retrySeconds)
            }
            if counts.all >= limits.requests {
                return .tryLater(
                    .tooManyRequests, code: "too_many_questions",
                    "More questions come than can be answered at the same time.", seconds: Self.retrySeconds)
            }
            counts.all += 1
            counts.byToken[token, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
        return Place(self, token: token)
    }

    private func leave(_ token: Int) {
        counts.withLock { counts in
            counts.all -= 1
            let left = counts.byToken[token, default: 1] - 1
            counts.byToken[token] = left > 0 ? left : nil
        }
    }
}
