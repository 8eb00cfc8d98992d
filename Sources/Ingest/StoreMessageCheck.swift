internal import CentralStore
internal import Foundation
internal import HTTPAnswers
internal import WireFormat

/// Messages about stores as the database takes them, or what is wrong with them.
enum StoreMessageCheck {
    private static let longestLineage = 10_000
    private static let mostLosses = 10_000
    private static let mostReasons = 100
    private static let longestReason = 64
    /// JSON's numbers are whole up to here in every program.
    private static let highestNumber: Int64 = 1 << 53

    static func lineage(_ hello: StoreHello) throws -> [UUID] {
        func wrong(_ message: String) -> AnswerError { .badRequest(code: "bad_hello", message) }
        guard (1...longestLineage).contains(hello.lineage.count) else {
            throw wrong("lineage has \(hello.lineage.count) entries, where 1 to \(longestLineage) are possible.")
        }
        guard (1...highestNumber).contains(hello.nextNumber) else {
            throw wrong("next_number is \(hello.nextNumber), which is not 1 to \(highestNumber).")
        }
        return try hello.lineage.map { text in
            guard let opening = UUID(uuidString: text) else {
                throw wrong("“\(text.prefix(80))” in lineage is no UUID.")
            }
            return opening
        }
    }

    static func losses(_ declaration: LossDeclaration) throws -> [DeclaredLoss] {
        func wrong(_ message: String) -> AnswerError { .badRequest(code: "bad_losses", message) }
        guard declaration.losses.count <= mostLosses else {
            throw wrong("These are \(declaration.losses.count) losses at once, where \(mostLosses) are possible.")
        }
        return try declaration.losses.map { loss in
            guard let reason = DeclaredLoss.Reason(rawValue: loss.reason) else {
                let reasons = DeclaredLoss.Reason.allCases.map(\.rawValue).joined(separator: ", ")
                throw wrong("“\(loss.reason.prefix(80))” is no reason for a loss; those are \(reasons).")
            }
            guard let numbers = numbers(loss.first, loss.end ?? highestNumber) else {
                let end = loss.end.map { "\($0)" } ?? "open"
                throw wrong("[\(loss.first), \(end)) is no range of numbers from 1 on.")
            }
            return DeclaredLoss(
                numbers: loss.end == nil ? numbers.lowerBound..<Int64.max : numbers, reason: reason)
        }
    }

    static func report(_ report: StoreReport) throws -> GatewayReport {
        func wrong(_ message: String) -> AnswerError { .badRequest(code: "bad_report", message) }
        guard (0..<highestNumber).contains(report.numbered) else {
            throw wrong("numbered is \(report.numbered), which is not 0 to \(highestNumber - 1).")
        }
        guard report.brokerDropped >= 0 else { throw wrong("broker_dropped is \(report.brokerDropped).") }
        let redelivered = report.redelivered ?? 0
        guard (0...highestNumber).contains(redelivered) else {
            throw wrong("redelivered is \(redelivered), which is not 0 to \(highestNumber).")
        }
        guard report.rejected.count <= mostReasons,
            report.rejected.keys.allSatisfy({ (1...longestReason).contains($0.utf8.count) && !$0.utf8.contains(0) }),
            report.rejected.values.allSatisfy({ $0 >= 0 })
        else {
            throw wrong(
                "rejected has at most \(mostReasons) reasons of at most \(longestReason) bytes, each with a count.")
        }
        let waiting = try report.waiting.map { pair in
            guard pair.count == 2, let range = numbers(pair[0], pair[1]) else {
                throw wrong("waiting consists of pairs [first, end] of numbers from 1 on.")
            }
            return range
        }
        return GatewayReport(
            numbered: report.numbered, waiting: waiting, rejected: report.rejected,
            brokerDropped: report.brokerDropped, redelivered: redelivered)
    }

    private static func numbers(_ first: Int64, _ end: Int64) -> Range<Int64>? {
        first >= 1 && first < end && end <= highestNumber ? first..<end : nil
    }
}
