package import Building

/// The central service's answer to a batch.
package struct BatchReceipt: Hashable, Sendable, Codable {
    /// The store from which the batch came, as text.
    package var store: String
    /// The first of the numbers that are stored centrally because of this batch or were before: `[first, end)`.
    package var first: ReadingNumber
    /// The end of these numbers, exclusive.
    package var end: ReadingNumber
    /// The number of readings that had arrived before and were skipped.
    package var repeated: Count

    /// Creates a receipt.
    package init(store: String, first: ReadingNumber, end: ReadingNumber, repeated: Count) {
        self.store = store
        self.first = first
        self.end = end
        self.repeated = repeated
    }
}

/// The answer of every Hearth interface to a request that fails.
package struct ErrorAnswer: Hashable, Sendable, Codable, Error {
    /// The contents of the answer.
    package struct Body: Hashable, Sendable, Codable {
        /// A stable code for programs: `unknown_room`.
        package var code: String
        /// The problem, for people.
        package var message: String
        /// The remedy, for people.
        package var hint: String?

        /// Creates the contents.
        package init(code: String, message: String, hint: String?) {
            self.code = code
            self.message = message
            self.hint = hint
        }
    }

    /// The contents of the answer.
    package var error: Body

    /// Creates an answer.
    package init(code: String, message: String, hint: String? = nil) {
        error = Body(code: code, message: message, hint: hint)
    }
}

/// The paths of the uplink, below the central service's base address.
package enum UplinkPath {
    /// The path of the inventory. `PUT`: an `Inventory` as JSON. 204.
    package static let inventory = "/uplink/v1/inventory"
    /// The path of batches. `POST`: an encoded `ReadingBatch`. 200 with a `BatchReceipt`.
    package static let batches = "/uplink/v1/batches"

    /// Returns the path of a store. `PUT`: a `StoreHandshake` as JSON. 204; 409 if the store's file was copied or
    /// restored from a backup.
    package static func store(_ store: StoreID) -> String { "/uplink/v1/stores/\(store)" }
    /// Returns the path of a store's losses. `POST`: a `LossDeclaration` as JSON. 204.
    package static func losses(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/losses" }
    /// Returns the path of a store's report. `PUT`: a `StoreReport` as JSON. 204.
    package static func report(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/report" }

    /// The path of the desired state. `GET` with `after=<version>&wait=<seconds>`: 200 with a `DesiredStateList`, as
    /// soon as there is one.
    package static let desiredStates = "/uplink/v1/desired"
    /// The path of the reported state. `PUT`: a `StateReport` as JSON. 204.
    package static let reportedStates = "/uplink/v1/reported"

    /// The header that names the store's present opening, sent with batches and losses.
    package static let incarnationHeader = "Hearth-Incarnation"

    /// The header that repeats the requested path. An intermediary that answers instead, such as a captive portal, does
    /// not know it.
    package static let receiptHeader = "Hearth-Receipt"
}

/// The registration of a store, which a gateway sends before anything from it.
package struct StoreHandshake: Hashable, Sendable, Codable {
    /// The openings of the store, as UUIDs, from the last one that the central service acknowledged to the present one.
    /// Never empty.
    package var openingHistory: [String]
    /// The number that the next reading will get.
    package var nextNumber: ReadingNumber

    /// Creates a registration.
    package init(openingHistory: [String], nextNumber: ReadingNumber) {
        self.openingHistory = openingHistory
        self.nextNumber = nextNumber
    }

    enum CodingKeys: String, CodingKey {
        case openingHistory = "opening_history"
        case nextNumber = "next_number"
    }
}

/// A declaration of readings that a gateway had to give up before they were delivered.
package struct LossDeclaration: Hashable, Sendable, Codable {
    /// A range of lost readings.
    package struct Loss: Hashable, Sendable, Codable {
        /// The first of the lost numbers, `[first, end)`.
        package var first: ReadingNumber
        /// The end of the numbers, exclusive; `nil` for all from `first` on that the central service knows of.
        package var end: ReadingNumber?
        /// The reason for the loss: `buffer_full`, `corrupt` or `operator`.
        package var reason: String

        /// Creates a range of lost readings.
        package init(first: ReadingNumber, end: ReadingNumber?, reason: String) {
            self.first = first
            self.end = end
            self.reason = reason
        }
    }

    /// The lost ranges.
    package var losses: [Loss]

    /// Creates a declaration.
    package init(losses: [Loss]) { self.losses = losses }
}

/// The contents of a gateway's store, for the audit.
package struct StoreReport: Hashable, Sendable, Codable {
    /// The number of readings that have ever been numbered.
    package var numbered: Count
    /// The numbers that wait for delivery, as pairs `[first, end)`, the oldest first.
    package var waiting: [[ReadingNumber]]
    /// The number of messages that could not be decoded, by reason.
    package var rejected: [String: Count]
    /// The number of messages that the broker dropped, as far as it reports them.
    package var brokerDropped: Count
    /// The number of messages that the broker redelivered and that were skipped because they had been stored before;
    /// `nil` from a version of the gateway that does not count them.
    package var redelivered: Count?

    /// Creates a report.
    package init(
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
