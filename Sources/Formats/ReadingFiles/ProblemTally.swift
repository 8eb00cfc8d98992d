/// What is wrong with a line of a file, and where.
package struct LineProblem: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// 1 is the first line, the header; of JSON documents, the record's place in the list.
    package var line: Int
    /// Whether `line` counts records.
    package var isRecord: Bool
    /// 1 is the first column; `nil` where the whole line is to blame.
    package var column: Int?
    /// As the header calls the column.
    package var columnName: String?
    /// What stands there.
    package var text: String?
    /// A phrase that is the same for all lines with this problem.
    package var reason: String
    /// What is particular to this one.
    package var detail: String?

    package init(
        file: String, line: Int, column: Int? = nil, columnName: String? = nil, text: String? = nil, reason: String,
        detail: String? = nil, isRecord: Bool = false
    ) {
        self.isRecord = isRecord
        self.file = file
        self.line = line
        self.column = column
        self.columnName = columnName
        self.text = text.map { String($0.prefix(80)) }
        self.reason = reason
        self.detail = detail
    }

    package var description: String {
        var place = isRecord ? "\(file): record \(line)" : "\(file):\(line)"
        if let column { place += ", column \(column)" + (columnName.map { " (\($0))" } ?? "") }
        if isRecord, let columnName { place += ", \(columnName)" }
        return place + ": " + (text.map { "“\($0)”: " } ?? "") + reason + (detail.map { ": \($0)" } ?? "")
    }
}

/// All problems of some files: every one is counted, the first few are kept.
package struct ProblemTally: Hashable, Sendable {
    package private(set) var first: [LineProblem] = []
    package private(set) var counts: [String: Int] = [:]
    private let kept: Int

    package init(kept: Int) { self.kept = kept }

    package var total: Int { counts.values.reduce(0, +) }

    package mutating func add(_ problem: LineProblem) {
        counts[problem.reason, default: 0] += 1
        if first.count < kept { first.append(problem) }
    }
}
