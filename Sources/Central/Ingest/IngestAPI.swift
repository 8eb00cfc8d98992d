package import APISupport
internal import Building
internal import Hummingbird
package import Logging
package import Storage
internal import WireFormat

/// What gateways send: their inventory, and batches of readings, each stored exactly once before it is answered.
package struct IngestAPI: Sendable {
    let store: CentralStore
    let logger: Logger
    let admission: Admission
    let limits: IngestLimits
    let meter: IngestMeter
    let refusals: RefusalBook

    package init(store: CentralStore, limits: IngestLimits, meter: IngestMeter = IngestMeter(), logger: Logger) {
        self.store = store
        self.meter = meter
        self.logger = logger
        self.limits = limits
        refusals = RefusalBook(store: store, logger: logger)
        admission = Admission(
            .init(
                places: limits.batchesInFlight, placesPerBuilding: limits.batchesPerBuilding,
                bytes: limits.memoryBytes, bytesPerBuilding: limits.memoryBytesPerBuilding))
    }

    /// Runs `body`, which takes a message of a building's gateway, and keeps for people whether it was refused for good.
    ///
    /// - Throws: `APIError` 429 if there is no room for it; what `body` throws.
    func admitted<Value>(
        _ building: BuildingReference, _ message: UplinkRefusal.Message,
        _ body: (Admission.Ticket) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await admitted(building, body)
            // An inventory tells by itself, since parts of it may have been refused.
            if message != .inventory { await refusals.took(message, of: building) }
            return value
        } catch {
            await refusals.note(error, message, of: building)
            throw error
        }
    }

    private func admitted<Value>(
        _ building: BuildingReference, _ body: (Admission.Ticket) async throws -> Value
    ) async throws -> Value {
        do {
            return try await admission.whileAdmitted(building: building.id, body)
        } catch let refusal as Admission.Refusal {
            meter.note(refusal)
            throw Self.crowded(refusal)
        } catch let error as StoreError {
            meter.note(error)
            throw error
        }
    }

    private static func crowded(_ refusal: Admission.Refusal) -> APIError {
        let message =
            switch refusal {
            case .places, .memory: "More batches arrive than can be stored."
            case .placesOfBuilding, .memoryOfBuilding:
                "More batches of this building arrive at the same time than one building may have stored."
            }
        return .tryLater(.tooManyRequests, code: "too_many_batches", message, seconds: 1)
    }

    package func register(in book: inout RouteTable) {
        book.add(.put, UplinkPath.inventory, for: [.gateway], takeInventory)
        book.add(.post, UplinkPath.batches, for: [.gateway]) { request, context, caller in
            try await meter.measure { try await takeBatch(request, context, caller) }
        }
        book.add(.put, "/uplink/v1/stores/:store", for: [.gateway], takeHello)
        book.add(.post, "/uplink/v1/stores/:store/losses", for: [.gateway], takeLosses)
        book.add(.put, "/uplink/v1/stores/:store/report", for: [.gateway], takeReport)
    }
}

/// What ingest takes at most.
package struct IngestLimits: Sendable {
    /// Batches and other messages that are read and stored at the same time, 1 or more. One more is told to come again.
    package var batchesInFlight: Int
    /// Of these from the gateways of one building.
    package var batchesPerBuilding: Int
    /// Bytes of memory that they may take together. One more is told to come again.
    package var memoryBytes: Int
    /// Of these from the gateways of one building.
    package var memoryBytesPerBuilding: Int
    /// Bytes of a batch as it comes in.
    package var batchBytes: Int
    /// Bytes of an inventory.
    package var inventoryBytes: Int
    /// Bytes of what a gateway says about its store.
    package var messageBytes: Int

    /// - Parameters:
    ///   - batchesPerBuilding: by default a quarter of all.
    ///   - memoryBytesPerBuilding: by default half of all.
    package init(
        batchesInFlight: Int = 2000, batchesPerBuilding: Int? = nil, memoryBytes: Int = 256 << 20,
        memoryBytesPerBuilding: Int? = nil, batchBytes: Int = WireLimits.batchBytes,
        inventoryBytes: Int = WireLimits.inventoryBytes, messageBytes: Int = WireLimits.messageBytes
    ) {
        self.batchesInFlight = batchesInFlight
        self.batchesPerBuilding = batchesPerBuilding ?? max(1, batchesInFlight / 4)
        self.memoryBytes = memoryBytes
        self.memoryBytesPerBuilding = memoryBytesPerBuilding ?? memoryBytes / 2
        self.batchBytes = batchBytes
        self.inventoryBytes = inventoryBytes
        self.messageBytes = messageBytes
    }
}
