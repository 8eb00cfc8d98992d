internal import Building
internal import CentralStore
internal import Foundation
internal import HTTPAnswers
internal import Hummingbird
internal import Logging

extension IngestAPI {
    @Sendable
    func takeInventory(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        try request.requireMediaType("application/json")
        return try await admitted(building) { ticket in
            let bytes = try await request.body(atMost: limits.inventoryBytes, ticket)
            try ticket.hold(bytes.count * Request.memoryOfJSON)
            return try await apply(try decodeInventory(bytes), of: building, request, context)
        }
    }

    private func apply(
        _ inventory: Inventory, of building: BuildingReference, _ request: Request, _ context: CallContext
    ) async throws -> Response {
        guard inventory.building.slug == building.slug else {
            throw AnswerError(
                .forbidden, code: "foreign_building",
                message:
                    "The token is of the building “\(building.slug)”, the inventory of “\(inventory.building.slug)”.",
                hint: "Give this gateway a token of its own: hearth-central gateway add --building "
                    + "\(inventory.building.slug)")
        }
        if let problem = InventoryCheck.problem(in: inventory) {
            throw AnswerError.badRequest(
                code: "bad_inventory", problem, hint: "Correct the gateway's configuration; hearth-edge check reads it."
            )
        }
        try await store.apply(inventory)
        context.logger.info(
            "Inventory applied",
            metadata: [
                "building": "\(building.slug)", "rooms": "\(inventory.floors.map(\.rooms.count).saturatingSum())",
            ])
        return .receipt(for: request)
    }

    private func decodeInventory(_ bytes: [UInt8]) throws -> Inventory {
        do {
            return try JSONDecoder().decode(Inventory.self, from: Data(bytes))
        } catch {
            throw AnswerError.badRequest(
                code: "bad_inventory", "The body is no inventory: \(DecodingExplanation.text(of: error)).",
                hint: "Gateway and central service may be of versions that do not fit together.")
        }
    }
}
