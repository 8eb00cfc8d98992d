internal import Building
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

    public init(store: CentralStore, limits: IngestLimits, logger: Logger) {
        self.store = store
        self.logger = logger
        self.limits = limits
        admission = Admission(places: limits.batchesInFlight)
    }

    public func register(in book: inout RouteBook) {
        book.add(.put, UplinkPath.inventory, for: [.gateway], takeInventory)
        book.add(.post, UplinkPath.batches, for: [.gateway], takeBatch)
        book.add(.put, "/uplink/v1/stores/:store", for: [.gateway], takeHello)
        book.add(.post, "/uplink/v1/stores/:store/losses", for: [.gateway], takeLosses)
        book.add(.put, "/uplink/v1/stores/:store/report", for: [.gateway], takeReport)
    }
}

/// What ingest takes at most.
public struct IngestLimits: Sendable {
    /// Batches that are read and stored at the same time, 1 or more. One more is told to come again.
    public var batchesInFlight: Int
    /// Bytes of a batch as it comes in.
    public var batchBytes: Int
    /// Bytes of an inventory.
    public var inventoryBytes: Int
    /// Bytes of what a gateway says about its store.
    public var messageBytes: Int

    public init(
        batchesInFlight: Int = 32, batchBytes: Int = 8 << 20, inventoryBytes: Int = 4 << 20, messageBytes: Int = 4 << 20
    ) {
        self.batchesInFlight = batchesInFlight
        self.batchBytes = batchBytes
        self.inventoryBytes = inventoryBytes
        self.messageBytes = messageBytes
    }
}
