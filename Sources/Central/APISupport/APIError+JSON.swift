internal import JSON

extension APIError {
    /// Refuses a body in JSON of which readers may take one or the other: with a name that comes twice in one object.
    ///
    /// - Throws: `APIError` 400.
    package static func requireUniqueNames(in body: [UInt8]) throws {
        do {
            try JSON.requireUniqueNames(in: body)
        } catch {
            throw badRequest(
                code: "ambiguous_json", "The body is \(error).",
                hint: "Send UTF-8, and every name of an object once: which of two values is meant, nobody can tell.")
        }
    }
}
