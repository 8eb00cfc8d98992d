extension String {
    /// The text as one line that a terminal, a log and a reader can take: whatever is no visible character is written out,
    /// `\u{202E}`. Control characters could steer a terminal or begin a line of their own, and the marks for the direction of
    /// writing could show a text as another one.
    ///
    /// For texts from outside wherever people see them: logs, tables, the answers of commands. The two joiners that words of
    /// some scripts and emoji need stay.
    package var printable: String {
        guard unicodeScalars.contains(where: \.needsEscape) else { return self }
        return unicodeScalars.map { $0.needsEscape ? $0.escaped(asASCII: true) : String($0) }.joined()
    }

    /// The same for a text of several lines, which stay lines.
    package var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }
}

extension Unicode.Scalar {
    fileprivate var needsEscape: Bool {
        // Most of what is written.
        if (0x20..<0x7F).contains(value) { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return value != 0x200C && value != 0x200D
        default: return false
        }
    }
}
