package import ReadingFiles

/// What an import did.
package struct ImportSummary: Hashable, Sendable {
    /// Rows of the files, headers left out.
    package var rows = 0
    /// Readings that were not there.
    package var added = 0
    /// Readings of smart meters that were there with another value or quality.
    package var corrected = 0
    /// Readings that were there already.
    package var unchanged = 0
    package var problems: ProblemTally
    /// What was taken to be where, for people: `iaq_Room101.csv: room room-101, device iaq`.
    package var notes: [String] = []

    init(problemsKept: Int) { problems = ProblemTally(kept: problemsKept) }
}

/// How far an import is.
package struct ImportProgress: Hashable, Sendable {
    package var file: String
    /// Rows of all files so far.
    package var rows: Int
    /// Of this file.
    package var bytesRead: Int
    /// Of this file; 0 where it is not known.
    package var size: Int
}

/// What the importing person said.
package struct ImportOptions: Sendable {
    /// The building's slug; `nil` where there is but one.
    package var building: String?
    /// Where the file does not tell the room.
    package var room: String?
    /// The id within the room, where the file does not tell the device.
    package var device: String?
    /// The IANA name of the time zone of times without offset; `nil` is the building's.
    package var timeZone: String?
    /// How many problems to keep, the first ones.
    package var problemsKept: Int

    package init(
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
