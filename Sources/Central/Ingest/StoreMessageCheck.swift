internal import APISupport
internal import Building
package import Foundation
package import Storage
package import WireFormat

/// Checks messages about stores, and converts them for the database.
package enum StoreMessageCheck {
    private static let longestHistory = WireLimits.openings
    private static let mostLosses = WireLimits.losses
    private static let mostReasons = WireLimits.rejectionReasons
    private static let longestReason = WireLimits.rejectionReason
    private static let mostRanges = 10_000

    /// Returns the openings of a handshake, oldest first.
    ///
    /// - Throws: `APIError` 400 with the code `bad_handshake`.
    package static func openingHistory(_ handshake: StoreHandshake) throws -> [UUID] {
        func wrong(_ message: String) -> APIError { .badRequest(code: "bad_handshake", message) }
        guard (1...longestHistory).contains(handshake.openingHistory.count) else {
            throw wrong(
                "opening_history has \(handshake.openingHistory.count) entries; 1 to \(longestHistory) are allowed.")
        }
        return try handshake.openingHistory.map { text in
            guard let opening = UUID(uuidString: text) else {
                throw wrong("“\(text.prefix(80))” in opening_history is not a UUID.")
            }
            return opening
        }
    }

    /// Returns the losses of a declaration.
    ///
    /// - Throws: `APIError` 400 with the code `bad_losses`.
    package static func losses(_ declaration: LossDeclaration) throws -> [DeclaredLoss] {
        func wrong(_ message: String) -> APIError { .badRequest(code: "bad_losses", message) }
        guard declaration.losses.count <= mostLosses else {
            throw wrong("losses has \(declaration.losses.count) entries; the limit is \(mostLosses).")
        }
        return try declaration.losses.map { loss in
            guard let reason = DeclaredLoss.Reason(rawValue: loss.reason) else {
                let reasons = DeclaredLoss.Reason.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong("“\(loss.reason.prefix(80))” is not a valid loss reason; possible: \(reasons).")
            }
            guard let end = loss.end else {
                return DeclaredLoss(numbers: loss.first.value..<Int64.max, reason: reason)
            }
            guard loss.first < end else {
                throw wrong("[\(loss.first.value), \(end.value)) is not a valid range: it ends before it starts.")
            }
            return DeclaredLoss(numbers: loss.first.value..<end.value, reason: reason)
        }
    }

    /// Returns the number of readings declared lost, not counting open losses.
    package static func count(of losses: [DeclaredLoss]) -> Int64 {
        losses.filter { !$0.isOpen }.map(\.numbers.saturatingCount).saturatingSum()
    }

    /// Returns the contents of a store's report.
    ///
    /// - Throws: `APIError` 400 with the code `bad_report`.
    package static func report(_ report: StoreReport) throws -> GatewayReport {
        func wrong(_ message: String) -> APIError { .badRequest(code: "bad_report", message) }
        guard report.rejected.count <= mostReasons,
            report.rejected.keys.allSatisfy({ (1...longestReason).contains($0.utf8.count) && !$0.utf8.contains(0) })
        else {
            throw wrong(
                "rejected allows \(mostReasons) reasons of at most \(longestReason) bytes, each with a count.")
        }
        guard report.waiting.count <= mostRanges else {
            throw wrong("waiting has \(report.waiting.count) ranges; the limit is \(mostRanges).")
        }
        let waiting = try report.waiting.map { pair in
            guard pair.count == 2, pair[0] < pair[1] else {
                throw wrong("waiting must consist of pairs [first, end], each with first below end.")
            }
            return pair[0].value..<pair[1].value
        }
        return GatewayReport(
            numbered: report.numbered.value, waiting: waiting, rejected: report.rejected.mapValues(\.value),
            brokerDropped: report.brokerDropped.value, redelivered: report.redelivered?.value ?? 0)
    }
}
