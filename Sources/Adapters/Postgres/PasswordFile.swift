private import Glibc

/// A file that contains only a password, like systemd's credentials and containers' secrets.
///
/// libpq's own password file is not suitable for them: libpq refuses every file that anyone but its owner may read, and
/// systemd provides credentials as 0440 with an access control list.
enum PasswordFile {
    /// The maximum size, bytes. A longer file is not a password.
    private static let longest = 4096

    /// Reads the first line.
    ///
    /// - Returns: `nil` if the file is empty.
    /// - Throws: `PostgresError` with the file and the reason it cannot be read, never its contents.
    static func read(_ path: String) throws -> String? {
        func failure(_ reason: String) -> PostgresError {
            PostgresError(
                message: "The database's password file \(path) \(reason).",
                hint: "Its first line must be the password, and the user running this program must be able to read it.")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("can't be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: longest + 1)
        while bytes.count <= longest {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("can't be read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += part.prefix(count)
        }
        guard bytes.count <= longest else { throw failure("is longer than \(longest) bytes") }
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.contains(0), let password = String(validating: line, as: UTF8.self) else {
            throw failure("is not valid UTF-8")
        }
        return password.isEmpty ? nil : password
    }
}

extension ConnectionSettings {
    /// Returns the current password in `passwordFile`; `nil` if there is none.
    ///
    /// - Throws: `PostgresError` if the file cannot be read.
    package func password() throws -> String? { try passwordFile.flatMap(PasswordFile.read) }
}
