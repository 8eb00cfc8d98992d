import ArgumentParser
import Building
import CentralService
import CivilTime
import Storage

/// The role of a list or revocation command: the commands are the same for all roles.
protocol TokenRole {
    static var role: Role { get }
}

enum GatewayRole: TokenRole { static let role = Role.gateway }
enum GuestRole: TokenRole { static let role = Role.guest }
enum OperatorRole: TokenRole { static let role = Role.operator }

/// The command `list` of a role's tokens.
struct List<Holder: TokenRole>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list", abstract: "List the issued tokens. The tokens themselves are not stored.")
    }

    @OptionGroup var options: CentralOptions

    func run() async throws {
        try await options.run { configuration in
            let tokens = try await Administration(configuration).tokens(Holder.role)
            guard !tokens.isEmpty else {
                print("no tokens")
                return
            }
            for line in TokenTable.lines(tokens, role: Holder.role) { print(line.printable) }
        }
    }
}

/// The command `revoke` of a role's tokens.
struct Revoke<Holder: TokenRole>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "revoke", abstract: "Revoke a token. It takes effect within ten seconds.")
    }

    @Argument(help: "The token's number in the list.")
    var id: Int

    @OptionGroup var options: CentralOptions

    func run() async throws {
        try await options.run { configuration in
            try await Administration(configuration).revoke(id, role: Holder.role)
        }
    }
}

/// A table of tokens, with times in UTC.
private enum TokenTable {
    static func lines(_ tokens: [TokenEntry], role: Role) -> [String] {
        var columns: [(String, (TokenEntry) -> String)] = [("id", { String($0.id) })]
        if role != .operator { columns.append(("building", { $0.building ?? "" })) }
        if role == .guest {
            columns.append(("room", { $0.room ?? "" }))
            columns.append(("from", { text($0.begins) }))
            columns.append(("until", { text($0.expires) }))
        }
        columns.append(("created", { text($0.created) }))
        columns.append(("revoked", { text($0.revoked) }))
        if role == .gateway { columns.append(("building last contact", { text($0.buildingLastSeen) })) }
        columns.append(("label", { $0.label ?? "" }))
        let cells = [columns.map(\.0)] + tokens.map { token in columns.map { $0.1(token) } }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
    }

    private static func text(_ time: Timestamp?) -> String {
        time.map { ISO8601Writer.utcText($0) } ?? "-"
    }
}
