import Synchronization

/// What came of each fault.
struct Outcome: Sendable {
    var fault: String
    var tried: Int
    /// Acknowledged by the broker to the publisher.
    var sent: Int
    /// Of them, those in the central database.
    var stored: Int
    /// Neither acknowledged nor refused when the broker died: nobody promised anything about them.
    var uncertain: Int
    /// How many rows there are too many.
    var doubled: Int

    var lost: Int { sent - stored }

    init(fault: String, tried: Int, sent: Publisher.Sent, stored counts: [Int: Int]) {
        self.fault = fault
        self.tried = tried
        self.sent = sent.acknowledged.count
        stored = sent.acknowledged.count { counts[$0] != nil }
        uncertain = sent.uncertain.count
        doubled = counts.values.reduce(0) { $0 + $1 - 1 }
    }
}

/// The table of all faults, printed when the last one is through.
final class ChaosTable: Sendable {
    private let outcomes = Mutex<[Outcome]>([])

    func add(_ outcome: Outcome) { outcomes.withLock { $0.append(outcome) } }

    var text: String {
        let heads = ["fault", "tried", "sent", "stored", "lost", "doubled", "uncertain"]
        let rows = outcomes.withLock { outcomes in
            outcomes.map { outcome in
                [outcome.fault]
                    + [
                        outcome.tried, outcome.sent, outcome.stored, outcome.lost, outcome.doubled, outcome.uncertain,
                    ].map(String.init)
            }
        }
        let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
        return ([heads] + rows).map { row in
            zip(row, widths).enumerated().map { column, cell in
                let pad = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + pad : pad + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
