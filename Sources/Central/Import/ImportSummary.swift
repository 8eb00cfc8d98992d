public import ReadingFiles

/// What an import did.
public struct ImportSummary: Hashable, Sendable {
    /// Rows of the files, headers left out.
    public var rows = 0
    /// Readings that were not there.
    public var added = 0
    /// Readings of smart meters that were there with another value or quality.
    public var corrected = 0
    /// Readings that were there already.
    public var unchanged = 0
    public var problems: ProblemTally
    /// What was taken to be where, for people: `iaq_Room101.csv: room room-101, device iaq`.
    public var notes: [String] = []

    init(problemsKept: Int) { problems = ProblemTally(kept: problemsKept) }
}

/// How far an import is.
public struct ImportProgress: Hashable, Sendable {
    public var file: String
    /// Rows of all files so far.
    public var rows: Int
    /// Of this file.
    public var bytesRead: Int
    /// Of this file; 0 where it is not known.
    public var size: Int
}

/// What the importing person said.
public struct ImportOptions: Sendable {
    /// The building's slug; `nil` where there is but one.
    public var building: String?
    /// Where the file does not tell the room.
    public var room: String?
    /// The id within the room, where the file does not tell the device.
    public var device: String?
    /// The IANA name of the time zone of times without offset; `nil` is the building's.
    public var timeZone: String?
    /// How many problems to keep, the first ones.
    public var problemsKept: Int

    public init(
        building: String? = nil, room: String? = nil, device: String? = nil, timeZone: String? = nil,
        problemsKept: Int = 20
    ) {
        self.building = building
        self.room = room
        self.device = device
        self.timeZone = timeZone
        self.problemsKept = problemsKept
    }
}
