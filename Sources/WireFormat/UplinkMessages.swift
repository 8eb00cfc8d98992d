/// What the central service answers to a batch.
public struct BatchReceipt: Hashable, Sendable, Codable {
    /// The store that the batch came from, as text.
    public var store: String
    /// The numbers that are now held centrally because of this batch, or were before: `[first, end)`.
    public var first: Int64
    public var end: Int64
    /// How many of them had come before and were left out.
    public var repeated: Int

    public init(store: String, first: Int64, end: Int64, repeated: Int) {
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
}
