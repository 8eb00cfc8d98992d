import RoomPhysics

/// A machine-readable report of a run: the summary and one sample per hour. The names contain the units.
package struct DayReport: Sendable, Codable {
    /// The name of the room.
    package var room: String
    /// The seed of the run.
    package var seed: UInt64
    /// The number of hours that the summary leaves out at the start.
    package var settlingHours: Int
    /// The summary of the run.
    package var summary: DaySummary
    /// The samples on the hour.
    package var hours: [DayRecord.Sample]

    /// Creates the report of a record.
    package init(_ record: DayRecord) {
        room = record.settings.room.name
        seed = record.settings.seed
        settlingHours = record.settings.settlingHours
        summary = DaySummary(of: record)
        hours = record.hourly
    }
}
