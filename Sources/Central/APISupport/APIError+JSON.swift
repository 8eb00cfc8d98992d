internal import JSON

extension APIError {
    /// Checks that no object of a JSON body has the same name twice, which readers would resolve differently.
    ///
    /// - Throws: `APIError` 400 with the code `ambiguous_json`.
    package static func requireUniqueNames(in body: [UInt8]) throws {
        do {
            try JSON.requireUniqueNames(in: body)
        } catch {
            throw badRequest(
                code: "ambiguous_json", "The body is \(error).",
                hint: "Send UTF-8 JSON without duplicate names in an object.")
        }
    }
}
