package import Building

/// The meaning of a column, according to its name in a file's header.
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

    /// Returns whether the column is power without a meter's name, as in a file of one meter.
    static func isPower(_ name: String) -> Bool {
        ["power_kw", "power", "kw", "value"].contains(name.lowercased())
    }

    /// Returns the meter of a column in a wide file: `power_meter_1` for `power_kw_power_meter_1`.
    static func meter(_ name: String) -> String? {
        let prefix = "power_kw_"
        let suffix = "_power_kw"
        if name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count { return String(name.dropFirst(prefix.count)) }
        if name.hasSuffix(suffix), name.utf8.count > suffix.utf8.count { return String(name.dropLast(suffix.count)) }
        return name.hasPrefix("power_meter_") ? name : nil
    }

    /// Returns the meter named in a file's name: `power_meter_3` for `sample_power_meter_3_2024.csv`.
    static func meter(inFileName name: String) -> String? {
        guard let match = name.firstMatch(of: #/(?i)power[-_ ]?meter[-_ ]?([0-9]+)/#) else { return nil }
        return "power_meter_\(match.1)"
    }
}

/// The search for a room in the name of a file or device: `sample_iaq_data_Room101.csv` belongs to the room `room-101`.
package enum RoomInName {
    /// Returns the room that `name` mentions.
    ///
    /// - Parameters:
    ///   - rooms: The building's rooms. If there are none yet, the room is called as in the name.
    /// - Returns: `nil` if there is no such room, or more than one.
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
                // Do not find room-1 in Room101.
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
