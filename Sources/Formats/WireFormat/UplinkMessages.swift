package import Building

/// What the central service answers to a batch.
package struct BatchReceipt: Hashable, Sendable, Codable {
    /// The store that the batch came from, as text.
    package var store: String
    /// The numbers that are now held centrally because of this batch, or were before: `[first, end)`.
    package var first: ReadingNumber
    package var end: ReadingNumber
    /// How many of them had come before and were left out.
    package var repeated: Count

    package init(store: String, first: ReadingNumber, end: ReadingNumber, repeated: Count) {
        self.store = store
        self.first = first
        self.end = end
        self.repeated = repeated
    }
}

/// What every Hearth interface answers when it can't do what was asked.
package struct ErrorAnswer: Hashable, Sendable, Codable, Error {
    package struct Body: Hashable, Sendable, Codable {
        /// A stable word for programs: `unknown_room`.
        package var code: String
        /// What was wrong, for people.
        package var message: String
        /// What to do about it.
        package var hint: String?

        package init(code: String, message: String, hint: String?) {
            self.code = code
            self.message = message
            self.hint = hint
        }
    }

    package var error: Body

    package init(code: String, message: String, hint: String? = nil) {
        error = Body(code: code, message: message, hint: hint)
    }
}

/// The paths of the uplink, below the central service's base address.
package enum UplinkPath {
    /// `PUT`: an `Inventory` as JSON. 204.
    package static let inventory = "/uplink/v1/inventory"
    /// `POST`: an encoded `ReadingBatch`. 200 with a `BatchReceipt`.
    package static let batches = "/uplink/v1/batches"

    /// `PUT`: a `StoreHandshake` as JSON. 204; 409 where the store's file was copied or restored from a backup.
    package static func store(_ store: StoreID) -> String { "/uplink/v1/stores/\(store)" }
    /// `POST`: a `LossDeclaration` as JSON. 204.
    package static func losses(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/losses" }
    /// `PUT`: a `StoreReport` as JSON. 204.
    package static func report(of store: StoreID) -> String { "/uplink/v1/stores/\(store)/report" }

    /// `GET` with `after=<version>&wait=<seconds>`: 200 with a `DesiredStateList`, as soon as there is one.
    package static let desiredStates = "/uplink/v1/desired"
    /// `PUT`: a `StateReport` as JSON. 204.
    package static let reportedStates = "/uplink/v1/reported"

    /// The header that names the store's present opening, with batches and losses.
    package static let incarnationHeader = "Hearth-Incarnation"

    /// The header that repeats the path that was asked for: whoever else answers on the way, a captive portal for one,
    /// does not know it.
    package static let receiptHeader = "Hearth-Receipt"
}

/// What a gateway says of its store before it sends anything from it.
package struct StoreHandshake: Hashable, Sendable, Codable {
    /// The openings of the store, as UUIDs, since the last one that the central service acknowledged, that one first,
    /// the present one last. Never empty.
    package var openingHistory: [String]
    /// The number that the next reading will get.
    package var nextNumber: ReadingNumber

    package init(openingHistory: [String], nextNumber: ReadingNumber) {
        self.openingHistory = openingHistory
        self.nextNumber = nextNumber
    }

    enum CodingKeys: String, CodingKey {
        case openingHistory = "opening_history"
        case nextNumber = "next_number"
    }
}

/// Readings that a gateway had to give up before they were delivered.
package struct LossDeclaration: Hashable, Sendable, Codable {
    package struct Loss: Hashable, Sendable, Codable {
        /// The numbers `[first, end)`; without an end, all from `first` on that the central service knows of.
        package var first: ReadingNumber
        package var end: ReadingNumber?
        /// `buffer_full`, `corrupt` or `operator`.
        package var reason: String

        package init(first: ReadingNumber, end: ReadingNumber?, reason: String) {
            self.first = first
            self.end = end
            self.reason = reason
        }
    }

    package var losses: [Loss]

    package init(losses: [Loss]) { self.losses = losses }
}

/// What a gateway's store holds, for the audit.
package struct StoreReport: Hashable, Sendable, Codable {
    /// How many readings got a number, ever.
    package var numbered: Count
    /// The numbers that wait, as pairs `[first, end)`, the oldest first.
    package var waiting: [[ReadingNumber]]
    /// Messages that could not be read, by reason.
    package var rejected: [String: Count]
    /// Messages that the broker dropped, as far as it tells.
    package var brokerDropped: Count
    /// Messages that the broker delivered again and that were left out, since they were stored before; `nil` from a
    /// gateway of a version that does not count them.
    package var redelivered: Count?

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
