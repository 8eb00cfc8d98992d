internal import APISupport
internal import Building
internal import Hummingbird
internal import Logging
internal import Storage
internal import WireFormat

extension IngestAPI {
    @Sendable
    func takeInventory(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let building = try caller.building
        return try await admitted(building, .inventory) { ticket in
            let bytes = try await BodyRules(greatestBytes: limits.inventoryBytes).bytes(
                of: request, holding: ticket.hold)
            try ticket.hold(bytes.count * Request.memoryOfJSON)
            let (inventory, rejected) = try InventoryReader.read(bytes)
            return try await apply(inventory, butFor: rejected, of: building, request, context)
        }
    }

    private func apply(
        _ inventory: Inventory, butFor rejected: [RejectedInventoryEntry], of building: BuildingReference,
        _ request: Request, _ context: CallContext
    ) async throws -> Response {
        guard inventory.building.slug == building.slug else {
            throw APIError(
                .forbidden, code: "foreign_building",
                message:
                    "The token belongs to the building “\(building.slug)”, the inventory to “\(inventory.building.slug)”.",
                hint: "Give this gateway a token of its own: hearth-central gateway add --building "
                    + "\(inventory.building.slug)")
        }
        try await store.apply(inventory)
        context.logger.info(
            "Inventory applied",
            metadata: [
                "building": "\(building.slug)", "rooms": "\(inventory.floors.map(\.rooms.count).saturatingSum())",
            ])
        await refusals.took(.inventory, butFor: rejected.map(UplinkRefusal.init), of: building)
        guard let first = rejected.first else { return .receipt(for: request) }
        context.logger.warning(
            "Inventory entries rejected: see uplink_refusal",
            metadata: [
                "building": "\(building.slug)", "rejected": "\(rejected.count)", "first": "\(first.entry)",
                "reason": "\(first.reason)",
            ])
        return try .receipt(for: request, InventoryReceipt(rejected: rejected))
    }
}

extension UplinkRefusal {
    fileprivate init(_ rejected: RejectedInventoryEntry) {
        self.init(message: .inventory, subject: rejected.entry.text, reason: rejected.reason.text)
    }
}
