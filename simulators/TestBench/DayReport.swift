import RoomPhysics

/// A day for programs to read: the summary and a sample an hour. Units are in the names.
package struct DayReport: Sendable, Codable {
    package var room: String
    package var seed: UInt64
    package var settlingHours: Int
    package var summary: DaySummary
    package var hours: [DayRecord.Sample]

    package init(_ record: DayRecord) {
        room = record.settings.room.name
        seed = record.settings.seed
        settlingHours = record.settings.settlingHours
        summary = DaySummary(of: record)
        hours = record.hourly
    }
}
