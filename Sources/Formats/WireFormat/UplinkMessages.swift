public import Building

/// What the central service answers to a batch.
public struct BatchReceipt: Hashable, Sendable, Codable {
    /// The store that the batch came from, as text.
    public var store: String
    /// The numbers that are now held centrally because of this batch, or were before: `[first, end)`.
    public var first: ReadingNumber
    public var end: ReadingNumber
    /// How many of them had come before and were left out.
    public var repeated: Count

    public init(store: String, first: ReadingNumber, end: ReadingNumber, repeated: Count) {
        self.store = store
        self.first = first
        self.end = end
        self.repeated = repeated
    }
}

/// What every Hearth interface answers when it can't do what was asked.
public struct ErrorAnswer: Hashable, Sendable, Codable, Error {
    public struct Body: Hashable, Sendable, Codable {
        /// A stable word for programs: `unknown_room`.
        public var code: String
        /// What was wrong, for people.
        public var message: String
        /// What to do about it.
        public var hint: String?

        public init(code: String, message: String, hint: String?) {
            self.code = code
            self.message = message
            self.hint = hint
        }
    }

    public var error: Body

    public init(code: String, message: String, hint: String? = nil) {
        error = Body(code: code, message: message, hint: hint)
    }
}

/// The paths of the uplink, below the central service's base address.
public enum UplinkPath {
    /// `PUT`: an `Inventory` as JSON. 204.
    public static let inventory = "/uplink/v1/inventory"
    /// `POST`: an encoded `ReadingBatch`. 200 with a `BatchReceipt`.
    public static let batches = "/uplink/v1/batches"

    /// `PUT`: a `StoreHandshake` as JSON. 204; 409 where the store's file was copied or restored from a backup.
    public static func store(_ store: StoreID) -> String { "/uplink/v1/stores/\(store)" }
    /// `POST`: a `LossDeclaration` as JSON. 204.
    public static func losses(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/losses" }
    /// `PUT`: a `StoreReport` as JSON. 204.
    public static func report(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/report" }

    /// `GET` with `after=<version>&wait=<seconds>`: 200 with a `DesiredStateList`, as soon as there is one.
    public static let desiredStates = "/uplink/v1/desired"
    /// `PUT`: a `StateReport` as JSON. 204.
    public static let reportedStates = "/uplink/v1/reported"

    /// The header that names the store's present opening, with batches and losses.
    public static let incarnationHeader = "Hearth-Incarnation"

    /// The header that repeats the path that was asked for: whoever else answers on the way, a captive portal for one,
    /// does not know it.
    public static let receiptHeader = "Hearth-Receipt"
}

/// What a gateway says of its store before it sends anything from it.
public struct StoreHandshake: Hashable, Sendable, Codable {
    /// The openings of the store, as UUIDs, since the last one that the central service acknowledged, that one first,
    /// the present one last. Never empty.
    public var openingHistory: [String]
    /// The number that the next reading will get.
    public var nextNumber: ReadingNumber

    public init(openingHistory: [String], nextNumber: ReadingNumber) {
        self.openingHistory = openingHistory
        self.nextNumber = nextNumber
    }

    enum CodingKeys: String, CodingKey {
        case openingHistory = "opening_history"
        case nextNumber = "next_number"
    }
}

/// Readings that a gateway had to give up before they were delivered.
public struct LossDeclaration: Hashable, Sendable, Codable {
    public struct Loss: Hashable, Sendable, Codable {
        /// The numbers `[first, end)`; without an end, all from `first` on that the central service knows of.
        public var first: ReadingNumber
        public var end: ReadingNumber?
        /// `buffer_full`, `corrupt` or `operator`.
        public var reason: String

        public init(first: ReadingNumber, end: ReadingNumber?, reason: String) {
            self.first = first
            self.end = end
            self.reason = reason
        }
    }

    public var losses: [Loss]

    public init(losses: [Loss]) { self.losses = losses }
}

/// What a gateway's store holds, for the audit.
public struct StoreReport: Hashable, Sendable, Codable {
    /// How many readings got a number, ever.
    public var numbered: Count
    /// The numbers that wait, as pairs `[first, end)`, the oldest first.
    public var waiting: [[ReadingNumber]]
    /// Messages that could not be read, by reason.
    public var rejected: [String: Count]
    /// Messages that the broker dropped, as far as it tells.
    public var brokerDropped: Count
    /// Messages that the broker delivered again and that were left out, since they were stored before; `nil` from a
    /// gateway of a version that does not count them.
    public var redelivered: Count?

    public init(
        numbered: Count, waiting: [[ReadingNumber]], rejected: [String: Count], brokerDropped: Count,
        redelivered: Count? = nil
    ) {
        self.numbered = numbered
        self.waiting = waiting
        self.rejected = rejected
        self.brokerDropped = brokerDropped
        self.redelivered = redelivered
    }

    enum CodingKeys: String, CodingKey {
        case numbered, waiting, rejected, redelivered
        case brokerDropped = "broker_dropped"
    }
}
