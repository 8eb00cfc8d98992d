package import Building
package import ClimateControl

extension EdgeConfiguration {
    /// How each room is to be kept.
    package var roomClimates: [Slug: RoomClimateSettings] {
        var climates: [Slug: RoomClimateSettings] = [:]
        for room in rooms {
            let sensors = room.devices.filter { $0.deviceClass == .temperatureSensor }.map(\.id)
            climates[room.slug] = climate(
                setpointCelsius: roomSetpointsCelsius[room.slug], schedule: roomSchedules[room.slug], sensors: sensors)
        }
        return climates
    }

    /// How rooms are to be kept that are not listed; `nil`: they are not heated.
    package var unlistedRoomClimate: RoomClimateSettings? { control.adoptsUnlistedRooms ? climate() : nil }

    private func climate(
        setpointCelsius: Double? = nil, schedule: [ComfortPeriod]? = nil, sensors: [String] = []
    ) -> RoomClimateSettings {
        let periods = schedule ?? control.schedule
        let week = WeeklySchedule(
            periods: periods.map { period in
                WeeklySchedule.Period(
                    days: Set(period.days.compactMap(Weekday.init(rawValue:))), startMinute: period.startMinute,
                    endMinute: period.endMinute)
            }, timeZone: timeZone)
        return RoomClimateSettings(
            setpointCelsius: setpointCelsius ?? control.setpointCelsius, ecoCelsius: control.ecoCelsius,
            ecoAfter: control.ecoAfter, schedule: periods.isEmpty ? nil : week, timeZone: timeZone,
            configuredSensors: sensors, stalenessLimit: control.stalenessLimit, estimateLimit: control.estimateLimit,
            failSafeLevel: control.failSafeLevel, controlPeriod: control.period)
    }
}
