internal import APISupport
internal import Building
internal import HTTPTypes
internal import Logging
internal import Storage
internal import Synchronization
internal import WireFormat

/// Records for people which gateway messages are refused permanently, until they are accepted.
///
/// Each refusal is recorded when it happens. Another replica may have recorded it, so each replica also settles the
/// kinds it accepts. It does so at most once a minute per building and kind of message, because batches arrive far more
/// often.
final class RefusalBook: Sendable {
    private static let settlingInterval = Duration.seconds(60)

    private struct Key: Hashable {
        var building: Int
        var message: UplinkRefusal.Message
    }

    private let store: CentralStore
    private let logger: Logger
    private let settled = Mutex<[Key: ContinuousClock.Instant]>([:])

    init(store: CentralStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Records a refusal if sending the message again can't help.
    func note(_ error: any Error, _ message: UplinkRefusal.Message, of building: BuildingReference) async {
        let refusal: APIError
        switch error {
        case let error as APIError: refusal = error
        case let error as StoreError: refusal = APIError(error)
        default: return
        }
        // 401 never gets here. A message refused as busy or slow is accepted later, and one that is too large comes
        // again in parts.
        guard (400..<500).contains(refusal.status.code), ![408, 413, 425, 429].contains(refusal.status.code) else {
            return
        }
        settled.withLock { $0[Key(building: building.id, message: message)] = nil }
        let body = refusal.answer.error
        let reason = "\(body.message) (\(refusal.status.code) \(body.code))".shortened(toBytes: WireLimits.shortText)
        let kept = UplinkRefusal(message: message, subject: UplinkRefusal.wholeMessage, reason: reason)
        await writing(message, of: building) { try await store.keep(kept, of: building) }
    }

    /// Settles the refusals of a message that was accepted except for some parts.
    func took(
        _ message: UplinkRefusal.Message, butFor refused: [UplinkRefusal] = [], of building: BuildingReference
    ) async {
        let now = ContinuousClock.now
        let isDue = settled.withLock { settled in
            let key = Key(building: building.id, message: message)
            guard refused.isEmpty else {
                settled[key] = nil
                return true
            }
            if let last = settled[key], now - last < Self.settlingInterval { return false }
            settled[key] = now
            return true
        }
        guard isDue else { return }
        await writing(message, of: building) {
            try await store.settleRefusals(of: message, butFor: refused, building: building)
        }
    }

    private func writing(
        _ message: UplinkRefusal.Message, of building: BuildingReference, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
        } catch {
            settled.withLock { $0[Key(building: building.id, message: message)] = nil }
            logger.debug(
                "Permanent refusals could not be stored",
                metadata: ["building": "\(building.slug)", "error": "\(error)"])
        }
    }
}
