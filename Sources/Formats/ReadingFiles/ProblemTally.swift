/// A problem with a line of a file.
package struct LineProblem: Hashable, Sendable, CustomStringConvertible {
    /// The file's path.
    package var file: String
    /// The line, counted from 1, which is the header; in JSON documents, the record's place in the list.
    package var line: Int
    /// A Boolean value that indicates whether `line` counts records.
    package var isRecord: Bool
    /// The column, counted from 1; `nil` if the problem concerns the whole line.
    package var column: Int?
    /// The column's name in the header.
    package var columnName: String?
    /// The contents of the field.
    package var text: String?
    /// A phrase that is the same for all lines with this problem.
    package var reason: String
    /// The details of this occurrence.
    package var detail: String?

    /// Creates a problem.
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

/// A tally of all problems of some files: every one is counted, the first few are kept.
package struct ProblemTally: Hashable, Sendable {
    /// The first problems, in the order of their occurrence.
    package private(set) var first: [LineProblem] = []
    /// The number of problems by reason.
    package private(set) var counts: [String: Int] = [:]
    private let kept: Int

    /// Creates an empty tally.
    ///
    /// - Parameter kept: The number of problems to keep.
    package init(kept: Int) { self.kept = kept }

    /// The number of problems.
    package var total: Int { counts.values.reduce(0, +) }

    /// Counts a problem, and keeps it if it is among the first.
    package mutating func add(_ problem: LineProblem) {
        counts[problem.reason, default: 0] += 1
        if first.count < kept { first.append(problem) }
    }
}
