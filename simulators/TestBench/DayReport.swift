import RoomPhysics

/// A day for programs to read: the summary and a sample an hour. Units are in the names.
public struct DayReport: Sendable, Codable {
    public var room: String
    public var seed: UInt64
    public var settlingHours: Int
    public var summary: DaySummary
    public var hours: [DayRecord.Sample]

    public init(_ record: DayRecord) {
        room = record.settings.room.name
        seed = record.settings.seed
        settlingHours = record.settings.settlingHours
        summary = DaySummary(of: record)
        hours = record.hourly
    }
}
