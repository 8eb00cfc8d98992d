package import Building

/// What the header of a file says about a column.
enum ColumnName {
    static func isTime(_ name: String) -> Bool {
        ["datetime", "timestamp", "time", "date", "date_time"].contains(name.lowercased())
    }

    static func isDevice(_ name: String) -> Bool {
        ["device_id", "deviceid", "sensorid", "sensor_id", "device", "meter", "meter_id"].contains(name.lowercased())
    }

    static func isRoom(_ name: String) -> Bool { ["room", "room_id"].contains(name.lowercased()) }

    static func isDatapoint(_ name: String) -> Bool { name.lowercased() == "datapoint" }

    static func isValue(_ name: String) -> Bool { name.lowercased() == "value" }

    /// Power without a meter's name, as in a file of one meter.
    static func isPower(_ name: String) -> Bool {
        ["power_kw", "power", "kw", "value"].contains(name.lowercased())
    }

    /// The meter that a column of a wide file is of: `power_meter_1` for `power_kw_power_meter_1`.
    static func meter(_ name: String) -> String? {
        let prefix = "power_kw_"
        let suffix = "_power_kw"
        if name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count { return String(name.dropFirst(prefix.count)) }
        if name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count { return String(name.dropLast(suffix.count)) }
        return name.hasPrefix("power_meter_") ? name : nil
    }

    /// The meter whose name stands in a file's name: `power_meter_3` for `sample_power_meter_3_2024.csv`.
    static func meter(inFileName name: String) -> String? {
        guard let match = name.firstMatch(of: #/(?i)power[-_ ]?meter[-_ ]?([0-9]+)/#) else { return nil }
        return "power_meter_\(match.1)"
    }
}

/// Finds the room that a file's or a device's name speaks of: `sample_iaq_data_Room101.csv` of the room `room-101`.
package enum RoomInName {
    /// - Parameters:
    ///   - rooms: of the building. Where it has none yet, the room is called as in the name.
    /// - Returns: `nil` where there is none, or more than one.
    package static func find(in name: String, rooms: [Slug]) -> Slug? {
        guard !rooms.isEmpty else {
            return name.firstMatch(of: #/(?i)room[-_ ]?[0-9A-Z]+/#).flatMap {
                Slug($0.output.replacing(" ", with: "-"))
            }
        }
        let text = plain(name)
        let found = rooms.filter { room in
            let wanted = plain(room.text)
            return text.ranges(of: wanted).contains { range in
                // room-1 is not in Room101.
                guard wanted.last?.isNumber == true, range.upperBound < text.endIndex else { return true }
                return !text[range.upperBound].isNumber
            }
        }
        guard let longest = found.max(by: { $0.text.count < $1.text.count }) else { return nil }
        return found.allSatisfy { plain(longest.text).contains(plain($0.text)) } ? longest : nil
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
