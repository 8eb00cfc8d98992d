private import Glibc

/// A file that holds a password alone, as systemd's credentials and containers' secrets are.
///
/// libpq's own password file will not do for them: libpq refuses every file that others than its owner may read, and
/// systemd hands credentials out as 0440 with an access control list.
enum PasswordFile {
    /// Bytes. A longer file is not a password.
    private static let longest = 4096

    /// Reads the first line.
    ///
    /// - Returns: `nil` if the file is empty.
    /// - Throws: `PostgresError` that names the file and says why it can't be read, never what it holds.
    static func read(_ path: String) throws -> String? {
        func failure(_ reason: String) -> PostgresError {
            PostgresError(
                message: "The database's password file \(path) \(reason).",
                hint: "It must hold the password on its first line and be readable by the user that this runs as.")
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
            throw failure("is not UTF-8 text")
        }
        return password.isEmpty ? nil : password
    }
}

extension ConnectionSettings {
    /// The password that `passwordFile` holds at the moment; `nil` if there is none.
    ///
    /// - Throws: `PostgresError` if the file can't be read.
    package func password() throws -> String? { try passwordFile.flatMap(PasswordFile.read) }
}
