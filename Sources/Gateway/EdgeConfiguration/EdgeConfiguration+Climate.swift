package import Building
internal import CivilTime
package import ClimateControl

extension EdgeConfiguration {
    /// The climate settings of each configured room.
    package var roomClimates: [Slug: RoomClimateSettings] {
        var climates: [Slug: RoomClimateSettings] = [:]
        for room in rooms {
            let sensors = room.devices.filter { $0.deviceClass == .temperatureSensor }.map(\.id)
            climates[room.slug] = climate(
                setpointCelsius: roomSetpointsCelsius[room.slug], schedule: roomSchedules[room.slug], sensors: sensors)
        }
        return climates
    }

    /// The climate settings of rooms that are not listed; `nil` if unlisted rooms are not heated.
    package var unlistedRoomClimate: RoomClimateSettings? { control.adoptsUnlistedRooms ? climate() : nil }

    /// Returns the settings of one room, with the building's values in place of those the room does not have.
    private func climate(
        setpointCelsius: Double? = nil, schedule: [ComfortPeriod]? = nil, sensors: [String] = []
    ) -> RoomClimateSettings {
        let periods = schedule ?? control.schedule
        let week = WeeklySchedule(
            periods: periods.map { period in
                WeeklySchedule.Period(
                    days: Set(period.days.compactMap(Weekday.init(rawValue:))), startMinute: period.startMinute,
                    endMinute: period.endMinute)
            }, calendar: calendar)
        return RoomClimateSettings(
            setpointCelsius: setpointCelsius ?? control.setpointCelsius, ecoCelsius: control.ecoCelsius,
            ecoAfter: control.ecoAfter, schedule: periods.isEmpty ? nil : week, calendar: calendar,
            configuredSensors: sensors, stalenessLimit: control.stalenessLimit, estimateLimit: control.estimateLimit,
            failSafeLevel: control.failSafeLevel, controlPeriod: control.period)
    }
}
