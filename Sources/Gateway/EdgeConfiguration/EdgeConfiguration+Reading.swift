import Building
internal import CivilTime
package import ConfigurationFile
import Foundation

extension EdgeConfiguration {
    /// Reads and validates a configuration file. Throws an error that names the file and the key if a key is missing,
    /// unknown or out of range, or if the inventory is larger than the central service accepts.
    package init(file: ConfigurationFile) throws(ConfigurationError) {
        let root = file.root
        (building, calendar) = try Self.building(root.section("building"))
        mqtt = try MQTT(root.section("mqtt"), building: building.slug)
        central = try root.optionalSection("central").map { section throws(ConfigurationError) in try Central(section) }
        buffer = try Buffer(root.section("buffer"))
        clock = try Clock(root.optionalSection("clock"))
        control = try Control(root.section("control"), bufferPath: buffer.path)
        homeAssistant = try HomeAssistant(root.optionalSection("homeAssistant"))
        logLevel = try Self.logLevel(root.optionalSection("log"))
        var inventory = InventorySections()
        floors = try inventory.floors(root.list("floors"))
        devices = try inventory.devices(root.list("devices"))
        roomSetpointsCelsius = inventory.setpoints
        roomSchedules = inventory.schedules
        try root.finish()
        let size = (try? JSONEncoder().encode(self.inventory).count) ?? 0
        guard size <= WireLimits.inventoryBytes else {
            throw root.error(
                at: "floors",
                "floors, rooms and devices take \(size) bytes as JSON; the central service accepts at most "
                    + "\(WireLimits.inventoryBytes)")
        }
    }

    private static func building(
        _ section: ConfigurationSection
    ) throws(ConfigurationError) -> (Inventory.BuildingEntry, LocalCalendar) {
        let slug = try section.slug("slug")
        let name = try section.name("name")
        let kind = try section.name("kind")
        let calendar = try section.value("timeZone", expected: "an IANA time zone such as Europe/Berlin") {
            LocalCalendar(zoneNamed: $0)
        }
        try section.finish()
        return (Inventory.BuildingEntry(slug: slug, name: name, kind: kind, timeZone: calendar.zoneName), calendar)
    }

    private static func logLevel(_ section: ConfigurationSection?) throws(ConfigurationError) -> String {
        guard let section else { return "info" }
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        let level = try section.value("level", expected: "one of \(levels.joined(separator: ", "))") {
            levels.contains($0) ? $0 : nil
        }
        try section.finish()
        return level
    }
}

extension EdgeConfiguration.MQTT {
    fileprivate init(_ section: ConfigurationSection, building: Slug) throws(ConfigurationError) {
        host = try section.text("host")
        port = try section.integer("port", in: 1...65535)
        clientID = try section.optionalText("clientID") ?? "hearth-\(building)"
        user = try section.optionalText("user")
        passwordFile = try section.optionalText("passwordFile")
        tls = try section.optionalSection("tls").map { section throws(ConfigurationError) in
            let tls = EdgeConfiguration.TLS(
                authorityFile: try section.optionalText("authorityFile"),
                certificateFile: try section.optionalText("certificateFile"),
                keyFile: try section.optionalText("keyFile"))
            if (tls.certificateFile == nil) != (tls.keyFile == nil) {
                throw section.error(at: "certificateFile", "must be set together with keyFile")
            }
            try section.finish()
            return tls
        }
        try section.finish()
    }
}

extension EdgeConfiguration.Central {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        url = try section.value("url", expected: "an address such as https://central.example.com") { text in
            guard let components = URLComponents(string: text), ["http", "https"].contains(components.scheme),
                components.host?.isEmpty == false, components.query == nil, components.user == nil
            else { return nil }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
        tokenFile = try section.text("tokenFile")
        authorityFile = try section.optionalText("authorityFile")
        sendInterval = .seconds(try section.number("sendIntervalSeconds", in: 0.1...60, unit: "s", default: 1))
        try section.finish()
    }
}

extension EdgeConfiguration.Buffer {
    fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
        path = try section.text("path")
        maxBytes = Int64(
            try section.integer("maxBytes", in: 1_000_000...1_000_000_000_000, unit: "bytes", default: 4_000_000_000))
        reserveBytes = Int64(
            try section.integer("reserveBytes", in: 0...1_000_000_000_000, unit: "bytes", default: 200_000_000))
        try section.finish()
    }
}

extension EdgeConfiguration.Clock {
    fileprivate init(_ section: ConfigurationSection?) throws(ConfigurationError) {
        patience = .seconds(
            60 * (try section?.number("patienceMinutes", in: 0...1440, unit: "min", default: 15) ?? 15))
        plausibleHours = try section?.number("plausibleHours", in: 0.1...87_600, unit: "h", default: 24) ?? 24
        try section?.finish()
    }
}

extension EdgeConfiguration.Control {
    fileprivate init(_ section: ConfigurationSection, bufferPath: String) throws(ConfigurationError) {
        period = .seconds(try section.number("periodSeconds", in: 1...60, unit: "s", default: 5))
        setpointCelsius = try section.number("setpointCelsius", in: SetpointLimits.celsius, unit: "°C", default: 22)
        desiredCelsius = try section.celsiusLimits("minimumCelsius", "maximumCelsius", within: SetpointLimits.celsius)
        guestCelsius = try section.celsiusLimits(
            "guestMinimumCelsius", "guestMaximumCelsius", within: SetpointLimits.guestCelsius)
        stalenessLimit = .seconds(try section.number("stalenessSeconds", in: 30...3600, unit: "s", default: 300))
        failSafeLevel = PercentOpen(
            clamping: try section.integer("failSafePercent", in: 0...100, unit: "%", default: 20))
        estimateLimit = .seconds(60 * (try section.number("estimateMinutes", in: 0...360, unit: "min", default: 30)))
        ecoCelsius = try section.number("ecoCelsius", in: SetpointLimits.celsius, unit: "°C", default: 19)
        let hasEco = try section.optionalText("ecoAfterMinutes") != nil
        ecoAfter =
            hasEco ? .seconds(60 * (try section.number("ecoAfterMinutes", in: 5...1440, unit: "min"))) : nil
        schedule = try section.comfortPeriods("schedule")
        adoptsUnlistedRooms = try section.flag("adoptUnlistedRooms", default: false)
        statePath =
            try section.optionalText("statePath")
            ?? URL(fileURLWithPath: bufferPath).deletingLastPathComponent().appendingPathComponent("control.json").path
        try section.finish()
    }
}

extension EdgeConfiguration.HomeAssistant {
    fileprivate init(_ section: ConfigurationSection?) throws(ConfigurationError) {
        discovery = try section?.flag("discovery", default: false) ?? false
        let isPrefixGiven = try section?.optionalText("discoveryPrefix") != nil
        discoveryPrefix = "homeassistant"
        if let section, isPrefixGiven {
            discoveryPrefix = try section.value("discoveryPrefix", expected: "a topic such as homeassistant") { text in
                // An empty level, at the start as well, would make this a different topic from the one intended.
                let levels = text.split(separator: "/", omittingEmptySubsequences: false)
                let isTopic = text.utf8.count <= 128 && !text.contains { "+#$".contains($0) || $0.asciiValue == 0 }
                return isTopic && levels.allSatisfy { !$0.isEmpty } ? text : nil
            }
        }
        try section?.finish()
    }
}

extension ConfigurationSection {
    /// Reads the two ends of a temperature range, °C; each defaults to the corresponding end of `range`.
    fileprivate func celsiusLimits(
        _ lowest: String, _ highest: String, within range: ClosedRange<Double>
    ) throws(ConfigurationError) -> ClosedRange<Double> {
        let low = try number(lowest, in: range, unit: "°C", default: range.lowerBound)
        let high = try number(highest, in: range, unit: "°C", default: range.upperBound)
        guard low <= high else { throw error(at: highest, "must not be below \(lowest)") }
        return low...high
    }

    /// Reads a name in the form that the central service accepts.
    fileprivate func name(_ key: String) throws(ConfigurationError) -> String {
        try checkedName(try text(key), key)
    }

    /// Reads a name in the same form, or returns `nil` if the key is missing.
    fileprivate func optionalName(_ key: String) throws(ConfigurationError) -> String? {
        guard let text = try optionalText(key) else { return nil }
        return try checkedName(text, key)
    }

    /// Returns the name, or throws if it is too long or contains NUL.
    private func checkedName(_ text: String, _ key: String) throws(ConfigurationError) -> String {
        guard let name = ShortText(text) else {
            throw error(
                at: key,
                "the name has \(text.utf8.count) bytes of UTF-8; the limit is \(WireLimits.shortText), without NUL"
            )
        }
        return name.text
    }

    /// Reads a slug: letters, digits, `_` and `-`, at most 64 characters, beginning with a letter or digit.
    func slug(_ key: String) throws(ConfigurationError) -> Slug {
        try value(key, expected: "a slug: letters, digits, _ and -, at most 64, starting with a letter or digit") {
            Slug($0)
        }
    }
}

/// A reader for floors, rooms and devices that ensures that slugs and device ids are unique.
private struct InventorySections {
    /// The set-points of rooms that have one of their own, °C.
    private(set) var setpoints: [Slug: Double] = [:]
    /// The schedules of rooms that have one of their own.
    private(set) var schedules: [Slug: [EdgeConfiguration.ComfortPeriod]] = [:]
    /// The slugs of all rooms read so far; they must be unique in the building.
    private var roomSlugs: Set<Slug> = []

    mutating func floors(_ sections: [ConfigurationSection]) throws(ConfigurationError) -> [Inventory.Floor] {
        var floors: [Inventory.Floor] = []
        for section in sections {
            let slug = try section.slug("slug")
            guard !floors.contains(where: { $0.slug == slug }) else {
                throw section.error(at: "slug", "duplicate floor “\(slug)”")
            }
            let name = try section.optionalName("name") ?? slug.text
            let level = try section.integer("level", in: -10...200)
            let rooms = try self.rooms(section.list("rooms"))
            try section.finish()
            floors.append(Inventory.Floor(slug: slug, name: name, level: level, rooms: rooms))
        }
        return floors
    }

    private mutating func rooms(_ sections: [ConfigurationSection]) throws(ConfigurationError) -> [Inventory.Room] {
        var rooms: [Inventory.Room] = []
        for section in sections {
            let slug = try section.slug("slug")
            guard slug != .building else {
                throw section.error(
                    at: "slug", "“building” is reserved for the building's own devices; choose another name")
            }
            guard roomSlugs.insert(slug).inserted else {
                throw section.error(at: "slug", "duplicate room “\(slug)” in this building")
            }
            let name = try section.optionalName("name") ?? slug.text
            if try section.optionalText("setpointCelsius") != nil {
                setpoints[slug] = try section.number("setpointCelsius", in: SetpointLimits.celsius, unit: "°C")
            }
            let schedule = try section.comfortPeriods("schedule")
            if !schedule.isEmpty { schedules[slug] = schedule }
            let devices = try self.devices(section.list("devices"))
            try section.finish()
            rooms.append(Inventory.Room(slug: slug, name: name, devices: devices))
        }
        return rooms
    }

    func devices(_ sections: [ConfigurationSection]) throws(ConfigurationError) -> [Inventory.Device] {
        var devices: [Inventory.Device] = []
        for section in sections {
            let id = try section.value("id", expected: "an id of at most \(WireLimits.device) bytes without NUL") {
                DeviceText($0)?.text
            }
            guard !devices.contains(where: { $0.id == id }) else {
                throw section.error(at: "id", "duplicate device “\(id)” in the same room")
            }
            let classes = DeviceClass.allCases.map(\.rawValue).joined(separator: ", ")
            let deviceClass = try section.value("class", expected: "one of \(classes)") { DeviceClass(rawValue: $0) }
            let name = try section.optionalName("name")
            let subsystem = try section.optionalText("subsystem")
            if let subsystem, Subsystem(rawValue: subsystem) == nil {
                let subsystems = Subsystem.allCases.map(\.rawValue).joined(separator: ", ")
                throw section.error(at: "subsystem", "“\(subsystem)” is not one of \(subsystems)")
            }
            try section.finish()
            devices.append(Inventory.Device(id: id, deviceClass: deviceClass, name: name, subsystem: subsystem))
        }
        return devices
    }
}
