internal import APISupport
internal import AssistantTools
internal import Hummingbird
internal import Storage

/// The route of the files that the chat links to. A browser fetches them without a token: the signature in the link
/// grants access until it expires.
struct ChatFiles: Sendable {
    let store: CentralStore
    let signer: FileSigner

    func register(in book: inout RouteTable) { book.open(.get, "/chat/files/:file", file) }

    @Sendable
    private func file(_ request: Request, _ context: CallContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        // The answer does not tell whether the link is wrong or expired.
        let unknown = APIError.notFound(
            code: "unknown_file", "There is no such file, or the link to it has expired.",
            hint: "Ask for the file again in the chat.")
        guard let asked = try await signer.request(signed: context.parameters.get("file") ?? ""),
            asked.expires > store.currentTime, let table = try await asked.table(store)
        else { throw unknown }
        return asked.contents(of: table).response
    }
}
