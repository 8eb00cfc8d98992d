package import Building

extension ToolBox {
    /// Returns the tools of a guest: for its own room, and for the building's energy.
    ///
    /// - Parameter setsTemperature: Whether desired states reach the rooms' gateways.
    package static func guest(
        room: any RoomService, energy: any EnergyService, setsTemperature: Bool = true, limits: Limits = .init(),
        now: @escaping @Sendable () -> Timestamp
    ) -> ToolBox {
        ToolBox(
            roomTools(.own(room), setsTemperature, now) + [EnergySummaryTool(access: .own(energy), now: now)],
            limits: limits)
    }

    /// Returns the tools of an operator, for every room by its key.
    package static func `operator`(
        buildings: any BuildingService, setsTemperature: Bool = true, limits: Limits = .init(),
        now: @escaping @Sendable () -> Timestamp
    ) -> ToolBox {
        ToolBox(
            [ListRoomsTool(buildings: buildings)] + roomTools(.any(buildings), setsTemperature, now)
                + [EnergySummaryTool(access: .any(buildings), now: now)],
            limits: limits)
    }

    private static func roomTools(
        _ access: RoomAccess, _ setsTemperature: Bool, _ now: @escaping @Sendable () -> Timestamp
    ) -> [any Tool] {
        let reading: [any Tool] = [
            LatestReadingsTool(access: access, now: now), ReadingHistoryTool(access: access, now: now),
            ComfortReportTool(access: access, now: now),
        ]
        return setsTemperature ? reading + [SetTemperatureTool(access: access, now: now)] : reading
    }
}
