internal import Assistant
internal import JSON

/// One message of JSON-RPC 2.0 as a client sends it.
enum RemoteCall {
    /// - Parameters:
    ///   - id: a string or a whole number.
    ///   - params: an object; empty where there are none.
    case request(id: JSON, method: String, params: JSON)
    /// Nothing comes back, and none changes anything here.
    case notification
    /// To a request of ours, which there never was.
    case response

    init(_ json: JSON) throws(RemoteCallError) {
        guard json.members != nil, json["jsonrpc"]?.text == "2.0" else {
            throw .invalidRequest("A message is a JSON object with “jsonrpc”: “2.0”.")
        }
        let id = json["id"]
        guard let name = json["method"] else {
            guard id != nil, (json["result"] == nil) != (json["error"] == nil) else {
                throw .invalidRequest("The message names no method.")
            }
            self = .response
            return
        }
        guard let method = name.text, !method.isEmpty else { throw .invalidRequest("“method” is no text.") }
        let params = json["params"] ?? [:]
        guard params.members != nil else { throw .invalidRequest("“params” is no object.") }
        switch id {
        case nil: self = .notification
        case .string?, .integer?: self = .request(id: id ?? .null, method: method, params: params)
        default: throw .invalidRequest("“id” is neither a text nor a whole number.")
        }
    }

    /// `null` where there is none that an answer could name.
    static func id(of json: JSON) -> JSON {
        switch json["id"] {
        case .string(let text)?: .string(text)
        case .integer(let number)?: .integer(number)
        default: .null
        }
    }
}
