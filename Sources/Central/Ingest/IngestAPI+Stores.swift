internal import APISupport
internal import Building
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Storage
internal import WireFormat

extension IngestAPI {
    @Sendable
    func takeHello(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        let id = try await admitted(building, .opening) { ticket in
            let id = try context.store
            let handshake = try await request.message(
                StoreHandshake.self, code: "bad_handshake", atMost: limits.messageBytes, ticket)
            let openingHistory = try StoreMessageCheck.openingHistory(handshake)
            try await store.acknowledge(
                id, openingHistory: openingHistory, nextNumber: handshake.nextNumber.value, building: building)
            return id
        }
        context.logger.debug("Store acknowledged", metadata: ["building": "\(building.slug)", "store": "\(id)"])
        return .receipt(for: request)
    }

    @Sendable
    func takeLosses(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        let (id, losses) = try await admitted(building, .losses) { ticket in
            let id = try context.store
            let declaration = try await request.message(
                LossDeclaration.self, code: "bad_losses", atMost: limits.messageBytes, ticket)
            let losses = try StoreMessageCheck.losses(declaration)
            try await store.declareLost(losses, of: id, incarnation: try request.incarnation, building: building)
            return (id, losses)
        }
        let count = StoreMessageCheck.count(of: losses)
        context.logger.warning(
            "Readings declared lost",
            metadata: [
                "building": "\(building.slug)", "store": "\(id)", "declared": "\(count)",
                "open": "\(losses.contains(where: \.isOpen))",
            ])
        return .receipt(for: request)
    }

    @Sendable
    func takeReport(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        try await admitted(building, .report) { ticket in
            let id = try context.store
            let message = try await request.message(
                StoreReport.self, code: "bad_report", atMost: limits.messageBytes, ticket)
            let report = try StoreMessageCheck.report(message)
            try await store.note(report, of: id, incarnation: try request.incarnation, building: building)
        }
        return .receipt(for: request)
    }
}

extension Response {
    /// Returns the empty receipt of a message that was carried out.
    static func receipt(for request: Request) -> Response {
        var headers = HTTPFields()
        if let name = HTTPField.Name(UplinkPath.receiptHeader) { headers[name] = request.uri.path }
        return Response(status: .noContent, headers: headers)
    }
}

extension CallContext {
    /// The store in the path.
    fileprivate var store: StoreID {
        get throws {
            let text = parameters.get("store") ?? ""
            guard let store = StoreID(text) else {
                throw APIError.badRequest(
                    code: "bad_store", "“\(text.prefix(80))” is not a valid store id.", hint: "It must be a UUID.")
            }
            return store
        }
    }
}

extension Request {
    /// The sender's opening of the store; `nil` if it is not given.
    var incarnation: UUID? {
        get throws {
            guard let name = HTTPField.Name(UplinkPath.incarnationHeader), let text = headers[name] else { return nil }
            guard let incarnation = UUID(uuidString: text) else {
                throw APIError.badRequest(
                    code: "bad_incarnation", "“\(text.prefix(80))” is not a valid incarnation.",
                    hint: "\(UplinkPath.incarnationHeader) must be the last UUID of the registered opening history."
                )
            }
            return incarnation
        }
    }

    /// The factor by which JSON may grow in memory when it is decoded.
    static let memoryOfJSON = 8

    /// Decodes the body as JSON.
    ///
    /// - Parameter ticket: Holds memory for the bytes that have arrived and for decoding them.
    /// - Throws: `APIError` 415, 413, or 400 with `code`; `Admission.Refusal`.
    func message<Message: Decodable>(
        _ type: Message.Type, code: String, atMost limit: Int, _ ticket: Admission.Ticket? = nil
    ) async throws -> Message {
        let bytes = try await BodyRules(greatestBytes: limit).bytes(of: self) { try ticket?.hold($0) }
        try ticket?.hold(bytes.count * Self.memoryOfJSON)
        try APIError.requireUniqueNames(in: bytes)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw APIError.badRequest(
                code: code, "The body is not valid: \(DecodingExplanation.text(of: error)).",
                hint: "The versions of the gateway and the central service may be incompatible.")
        }
    }
}
