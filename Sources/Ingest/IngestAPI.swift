public import Building
public import CentralStore
public import HTTPAnswers
internal import Hummingbird
public import Logging
internal import WireFormat

/// What gateways send: their inventory, and batches of readings, each stored exactly once before it is answered.
public struct IngestAPI: Sendable {
    let store: CentralStore
    let logger: Logger
    let admission: Admission
    let limits: IngestLimits
    let meter: IngestMeter

    public init(store: CentralStore, limits: IngestLimits, meter: IngestMeter = IngestMeter(), logger: Logger) {
        self.store = store
        self.meter = meter
        self.logger = logger
        self.limits = limits
        admission = Admission(places: limits.batchesInFlight, bytes: limits.memoryBytes)
    }

    public func register(in book: inout RouteBook) {
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
public struct IngestLimits: Sendable {
    /// Batches that are read and stored at the same time, 1 or more. One more is told to come again.
    public var batchesInFlight: Int
    /// Bytes of memory that batches may take together. One more is told to come again.
    public var memoryBytes: Int
    /// Bytes of a batch as it comes in.
    public var batchBytes: Int
    /// Bytes of an inventory.
    public var inventoryBytes: Int
    /// Bytes of what a gateway says about its store.
    public var messageBytes: Int

    public init(
        batchesInFlight: Int = 2000, memoryBytes: Int = 256 << 20, batchBytes: Int = WireLimits.batchBytes,
        inventoryBytes: Int = WireLimits.inventoryBytes, messageBytes: Int = WireLimits.messageBytes
    ) {
        self.batchesInFlight = batchesInFlight
        self.memoryBytes = memoryBytes
        self.batchBytes = batchBytes
        self.inventoryBytes = inventoryBytes
        self.messageBytes = messageBytes
    }
}
