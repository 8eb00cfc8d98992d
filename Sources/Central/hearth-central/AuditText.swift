import Building
import CivilTime
import Storage

/// The account of all stores as text, for people.
enum AuditText {
    private static let rangesShown = 20

    static func text(_ accounts: [StoreAccount], _ refusals: [KeptRefusal]) -> String {
        ([text(accounts)] + (refusals.isEmpty ? [] : [text(refusals)])).joined(separator: "\n\n")
    }

    private static func text(_ refusals: [KeptRefusal]) -> String {
        let lines = refusals.map { kept in
            let isWhole = ["", UplinkRefusal.wholeMessage].contains(kept.refusal.subject)
            // Each refusal takes one line, whatever a gateway sent.
            let subject = isWhole ? "" : " of \(kept.refusal.subject.printable)"
            return "  \(kept.building): \(kept.refusal.message.rawValue)\(subject), \(kept.count) times since "
                + "\(AuditTime.text(kept.first)): \(kept.refusal.reason.printable)"
        }
        return (["permanently refused:"] + lines).joined(separator: "\n")
    }

    private static func text(_ accounts: [StoreAccount]) -> String {
        guard !accounts.isEmpty else { return "no stores: no gateway has reported yet" }
        let leftOut = accounts.map(\.redelivered).saturatingSum()
        let failing = accounts.count { !$0.balances }
        let verdict =
            failing == 0
            ? "everything balances (stores: \(accounts.count)); \(leftOut) redelivered messages were skipped"
            : "DOES NOT BALANCE: \(failing) of \(accounts.count) stores"
        return (accounts.map(paragraph) + [verdict]).joined(separator: "\n\n")
    }

    private static func paragraph(_ account: StoreAccount) -> String {
        let lost = account.lost.values.saturatingSum()
        var lines = [
            "\(account.building)  store \(account.store)",
            line("numbered", "\(account.numbered)"),
            line("stored", "\(account.stored)"),
            line("quarantined", "\(account.quarantined)"),
            line("lost", "\(lost)" + reasons(account.lost)),
            line("waiting", "\(account.waiting)"),
        ]
        if account.unreported > 0 {
            lines.append(line("unreported", "\(account.unreported) (newer than the last report)"))
        }
        let missing = account.missing.map(\.saturatingCount).saturatingSum()
        lines += [
            line("missing", "\(missing)" + ranges(account.missing)),
            line("rejected", "\(account.rejected.values.saturatingSum())" + reasons(account.rejected)),
            line("broker dropped", "\(account.brokerDropped)"),
            line("skipped", "\(account.redelivered) (redelivered by the broker)"),
            line("last contact", AuditTime.text(account.lastHeard)),
            line("last report", account.lastReport.map(AuditTime.text) ?? "never"),
        ]
        lines += account.balances ? ["  balances"] : account.faults.map { "  DOES NOT BALANCE: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ value: String) -> String {
        "  " + name + String(repeating: " ", count: max(1, 16 - name.count)) + value
    }

    private static func reasons(_ counts: [String: Int64]) -> String {
        guard !counts.isEmpty else { return "" }
        return " (" + counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
    }

    private static func ranges(_ ranges: [Range<Int64>]) -> String {
        guard !ranges.isEmpty else { return "" }
        var texts = ranges.prefix(rangesShown).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound - 1)"
        }
        if ranges.count > rangesShown { texts.append("and \(ranges.count - rangesShown) more ranges; see --json") }
        return " (" + texts.joined(separator: ", ") + ")"
    }
}

/// The format of times in an account.
enum AuditTime {
    /// Returns a time as ISO 8601 in UTC, in whole seconds.
    static func text(_ time: Timestamp) -> String { ISO8601Writer.utcText(time) }
}
