internal import Building
internal import CivilTime
internal import ConfigurationFile
internal import Foundation
package import MeterLoader
internal import RestAPI

extension CentralConfiguration {
    /// The smart meters that are loaded periodically.
    package struct Meters: Sendable {
        /// The time between two loads of a meter, 1…86,400 s.
        package var period: Duration = .seconds(900)
        /// The sources with their meters.
        package var sources: [MeterLoader.Source] = []
    }
}

extension CentralConfiguration.Meters {
    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        period = .seconds(try section.integer("everySeconds", in: 1...86_400, unit: "s", default: 900))
        var seen: Set<String> = []
        for entry in try section.list("sources") {
            let url = try entry.value("url", expected: "a URL that starts with http:// or https://") { text in
                MeterClient.isURL(text) ? text : nil
            }
            let muids = try entry.texts("muids")
            if muids.isEmpty { throw entry.error(at: "muids", "must name at least one meter") }
            for muid in muids {
                guard muid.utf8.count <= SeriesKey.longestDevice else {
                    throw entry.error(at: "muids", "“\(muid.prefix(80))…” is too long for a meter's name")
                }
                guard seen.insert(muid).inserted else { throw entry.error(at: "muids", "“\(muid)” is repeated") }
            }
            var building: Slug?
            if try entry.optionalText("building") != nil {
                building = try entry.value("building", expected: "a building's slug") { Slug($0) }
            }
            try entry.finish()
            sources.append(.init(url: url, muids: muids, building: building))
        }
        try section.finish()
    }
}

extension EnergyTariff {
    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        self.init()
        let prices = 0.0...1_000_000.0
        if try section.optionalText("currency") != nil {
            currency = try section.value("currency", expected: "a currency of three capital letters, such as CHF") {
                $0.wholeMatch(of: #/[A-Z]{3}/#) == nil ? nil : $0
            }
        }
        peakPrice = try section.number("peakPrice", in: prices, unit: "per kWh", default: peakPrice)
        offPeakPrice = try section.number("offPeakPrice", in: prices, unit: "per kWh", default: offPeakPrice)
        let first = try section.integer("peakStartHour", in: 0...23, default: peakHours.lowerBound)
        let end = try section.integer("peakEndHour", in: 1...24, default: peakHours.upperBound)
        guard first < end else { throw section.error(at: "peakEndHour", "must come after peakStartHour") }
        peakHours = first..<end
        if try section.optionalText("timeZone") != nil {
            calendar = try section.value("timeZone", expected: "a time zone such as Europe/Zurich or UTC") {
                LocalCalendar(zoneNamed: $0)
            }
        }
        try section.finish()
    }
}
