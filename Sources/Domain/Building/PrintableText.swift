extension String {
    /// The text as one line that is safe for terminals, logs and readers: every character that is not visible is
    /// escaped, as in `\u{202E}`. Control characters could steer a terminal or start a line of their own, and direction
    /// marks could make one text look like another.
    ///
    /// Use it for any text from outside that people see: logs, tables, output of commands. The two joiners that some
    /// scripts and emoji need are kept.
    package var printable: String {
        guard unicodeScalars.contains(where: \.needsEscape) else { return self }
        return unicodeScalars.map { $0.needsEscape ? $0.escaped(asASCII: true) : String($0) }.joined()
    }

    /// The text in the form of `printable`, with its line breaks kept.
    package var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }
}

extension Unicode.Scalar {
    fileprivate var needsEscape: Bool {
        // The common case.
        if (0x20..<0x7F).contains(value) { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return value != 0x200C && value != 0x200D
        default: return false
        }
    }
}
