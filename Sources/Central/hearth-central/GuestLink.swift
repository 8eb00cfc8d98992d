import ArgumentParser
import Building
import CentralService
import Storage

/// The command `guest link`.
struct GuestLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Make a token for the guest of a room and print the link of the guest's page. It is shown only now.",
        discussion: """
            The link begins with http.publicURL of the configuration, where people reach the service. Times are as \
            2026-12-24T11:00 in the building's time zone, or with an offset.
            """)

    @Option(help: "The building's slug.")
    var building: Slug

    @Option(help: "The room's slug.")
    var room: Slug

    @Option(
        help: ArgumentHelp(
            "When the stay begins. The guest sees nothing that was measured or set in the room before it, and the link "
                + "does not work before it. Left out: now.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("When the stay ends. Left out: never.", valueName: "time"))
    var until: String?

    @Option(help: "A note for the list of tokens.")
    var label: String?

    @Option(
        help: ArgumentHelp(
            "Write the link as a QR code to this SVG file. Needs qrencode, as Debian has it.", valueName: "file"))
    var qr: String?

    @Flag(help: "Print the token alone, for programs.")
    var tokenOnly = false

    @OptionGroup var options: CentralOptions

    func run() async throws {
        // This comes first: otherwise a token could be created that nobody gets to see.
        if qr != nil, !QRCode.isPossible {
            throw ValidationError("There is no qrencode on this machine. Install it (apt-get install qrencode).")
        }
        try await options.run { configuration in
            let administration = Administration(configuration)
            let token = try await administration.addGuest(
                building: building, room: room, from: from, until: until, label: label)
            let link = administration.link(of: token)
            if let qr { try QRCode.write(link, to: qr) }
            print(tokenOnly ? token.text : link)
        }
    }
}
