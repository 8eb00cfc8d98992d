import Building
import Foundation
import Storage

/// The account of all stores as JSON, for programs.
enum AuditJSON {
    private struct Document: Encodable {
        var balances: Bool
        var stores: [Store]
        /// The parts of gateways' messages that are refused permanently.
        var refused: [Refusal]
    }

    private struct Refusal: Encodable {
        var building: String
        var message: String
        var subject: String
        var reason: String
        var count: Int64
        var first: String
        var last: String

        init(_ kept: KeptRefusal) {
            building = kept.building
            message = kept.refusal.message.rawValue
            subject = kept.refusal.subject
            reason = kept.refusal.reason
            count = kept.count
            first = AuditTime.text(kept.first)
            last = AuditTime.text(kept.last)
        }
    }

    private struct Store: Encodable {
        var building: String
        var store: String
        var balances: Bool
        var faults: [String]
        var numbered: Int64
        var stored: Int64
        var quarantined: Int64
        var lost: [String: Int64]
        var waiting: Int64
        var unreported: Int64
        /// The missing numbers as pairs `[first, end)`.
        var missing: [[Int64]]
        var rejected: [String: Int64]
        var brokerDropped: Int64
        var redelivered: Int64
        var lastHeard: String
        var lastReport: String?

        init(_ account: StoreAccount) {
            building = account.building
            store = account.store.description
            balances = account.balances
            faults = account.faults
            numbered = account.numbered
            stored = account.stored
            quarantined = account.quarantined
            lost = account.lost
            waiting = account.waiting
            unreported = account.unreported
            missing = account.missing.map { [$0.lowerBound, $0.upperBound] }
            rejected = account.rejected
            brokerDropped = account.brokerDropped
            redelivered = account.redelivered
            lastHeard = AuditTime.text(account.lastHeard)
            lastReport = account.lastReport.map(AuditTime.text)
        }
    }

    static func text(_ accounts: [StoreAccount], _ refusals: [KeptRefusal]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let document = Document(
            balances: accounts.allSatisfy(\.balances), stores: accounts.map(Store.init(_:)),
            refused: refusals.map(Refusal.init(_:)))
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
