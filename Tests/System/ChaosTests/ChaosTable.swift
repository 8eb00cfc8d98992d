import Synchronization

/// What came of each fault.
struct Outcome: Sendable {
    var fault: String
    var tried: Int
    /// Acknowledged by the broker to the publisher.
    var sent: Int
    /// Of them, those in the central database.
    var stored: Int
    /// How many rows there are too many.
    var doubled: Int
    /// Those that the gateway itself declared lost.
    var declared = 0
    /// Those that the broker forgot when it was killed: acknowledged shortly before, and never given to the gateway or
    /// never acknowledged by it.
    var forgotten = 0
    /// Neither acknowledged nor refused when the broker died: nobody promised anything about them.
    var uncertain = 0
    /// The longest time from the fault's end until a reading newer than that was there, in seconds.
    var newestAfter: Double?
    var note = ""

    var lost: Int { sent - stored - declared - forgotten }

    fileprivate var cells: [String] {
        let after = newestAfter.map { String(describing: ($0 * 10).rounded() / 10) + " s" } ?? ""
        return [fault]
            + [tried, sent, stored, lost, doubled, declared, forgotten, uncertain].map(String.init) + [after, note]
    }
}

/// The table of all faults.
final class ChaosTable: Sendable {
    static let all = ChaosTable()

    private let outcomes = Mutex<[Outcome]>([])

    func add(_ outcome: Outcome) { outcomes.withLock { $0.append(outcome) } }

    var text: String {
        let heads = [
            "fault", "tried", "sent", "stored", "lost", "doubled", "declared lost", "forgotten by broker", "uncertain",
            "newest after", "note",
        ]
        let rows = outcomes.withLock { $0.map(\.cells) }
        let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
        return ([heads] + rows).map { row in
            row.indices.map { column in
                let pad = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 || column == heads.count - 1 ? row[column] + pad : pad + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
