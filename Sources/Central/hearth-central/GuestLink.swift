import ArgumentParser
import Building
import CentralService
import Storage

/// The command `guest link`.
struct GuestLink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Create a token for a room's guest and print the link to the guest page. It is shown only once.",
        discussion: """
            The link starts with http.publicURL, the address at which people reach the service. Write times as \
            2026-12-24T11:00, in the building's time zone, or with an offset.
            """)

    @Option(help: "The building's slug.")
    var building: Slug

    @Option(help: "The room's slug.")
    var room: Slug

    @Option(
        help: ArgumentHelp(
            "The start of the stay. The guest sees nothing that was measured or set before it, and the link does "
                + "not work before it. Default: now.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("The end of the stay. Default: none.", valueName: "time"))
    var until: String?

    @Option(help: "A note for the list of tokens.")
    var label: String?

    @Option(
        help: ArgumentHelp(
            "Write the link as a QR code to this SVG file. Requires qrencode.", valueName: "file"))
    var qr: String?

    @Flag(help: "Print the token alone, for programs.")
    var tokenOnly = false

    @OptionGroup var options: CentralOptions

    func run() async throws {
        // This comes first: otherwise a token could be created that nobody gets to see.
        if qr != nil, !QRCode.isPossible {
            throw ValidationError("qrencode is not installed. Install it (apt-get install qrencode).")
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
