internal import Assistant
internal import JSON

/// A message of JSON-RPC 2.0 from a client.
enum RemoteCall {
    /// A request, which is answered.
    ///
    /// - Parameters:
    ///   - id: A string or a whole number.
    ///   - params: An object, which is empty if it was absent.
    case request(id: JSON, method: String, params: JSON)
    /// A notification, which is not answered and changes nothing here.
    case notification
    /// A response to a request of ours, which there never is.
    case response

    init(_ json: JSON) throws(RemoteCallError) {
        guard json.members != nil, json["jsonrpc"]?.text == "2.0" else {
            throw .invalidRequest("A message must be a JSON object with “jsonrpc”: “2.0”.")
        }
        let id = json["id"]
        guard let name = json["method"] else {
            guard id != nil, (json["result"] == nil) != (json["error"] == nil) else {
                throw .invalidRequest("The message has no method.")
            }
            self = .response
            return
        }
        guard let method = name.text, !method.isEmpty else { throw .invalidRequest("“method” must be a string.") }
        let params = json["params"] ?? [:]
        guard params.members != nil else { throw .invalidRequest("“params” must be an object.") }
        switch id {
        case nil: self = .notification
        case .string?, .integer?: self = .request(id: id ?? .null, method: method, params: params)
        default: throw .invalidRequest("“id” must be a string or a whole number.")
        }
    }

    /// Returns the id for the answer; `null` if the message has no valid one.
    static func id(of json: JSON) -> JSON {
        switch json["id"] {
        case .string(let text)?: .string(text)
        case .integer(let number)?: .integer(number)
        default: .null
        }
    }
}
