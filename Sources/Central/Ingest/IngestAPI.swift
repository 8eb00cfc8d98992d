package import APISupport
internal import Building
internal import Hummingbird
package import Logging
package import Storage
internal import WireFormat

/// The routes by which gateways send their inventory and batches of readings. Each reading is stored exactly once
/// before the batch is answered.
package struct IngestAPI: Sendable {
    let store: CentralStore
    let logger: Logger
    let admission: Admission
    let limits: IngestLimits
    let meter: IngestMeter
    let refusals: RefusalBook

    /// Creates the routes.
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

    /// Runs `body`, which processes a message of a building's gateway, and records whether it was refused permanently.
    ///
    /// - Throws: `APIError` 429 if there is no room for it; otherwise the error of `body`.
    func admitted<Value>(
        _ building: BuildingReference, _ message: UplinkRefusal.Message,
        _ body: (Admission.Ticket) async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await admitted(building, body)
            // An inventory records its own outcome, because parts of it may have been refused.
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
            case .places, .memory: "Too many batches are arriving."
            case .placesOfBuilding, .memoryOfBuilding:
                "Too many batches of this building are arriving at once."
            }
        return .tryLater(.tooManyRequests, code: "too_many_batches", message, seconds: 1)
    }

    /// Adds the routes to `book`.
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

/// The limits of ingest.
package struct IngestLimits: Sendable {
    /// The largest number of batches and other messages read and stored at the same time, at least 1. Further ones are
    /// told to try again.
    package var batchesInFlight: Int
    /// The largest number of these from one building's gateways.
    package var batchesPerBuilding: Int
    /// The memory they may use together, in bytes. Further ones are told to try again.
    package var memoryBytes: Int
    /// The memory for those from one building's gateways, in bytes.
    package var memoryBytesPerBuilding: Int
    /// The largest size of a batch as received, in bytes.
    package var batchBytes: Int
    /// The largest size of an inventory, in bytes.
    package var inventoryBytes: Int
    /// The largest size of any other message about a store, in bytes.
    package var messageBytes: Int

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - batchesPerBuilding: By default a quarter of `batchesInFlight`.
    ///   - memoryBytesPerBuilding: By default half of `memoryBytes`.
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
