import Foundation
import RoomPhysics

/// A run as text: for one day, a line per hour and a summary; for several days, the summary only.
package struct DayTable: Sendable, CustomStringConvertible {
    private let record: DayRecord

    /// Creates the table of a record.
    package init(_ record: DayRecord) {
        self.record = record
    }

    /// The table as text.
    package var description: String {
        (record.settings.days == 1 ? [heading] + rows + ["", summary] : [summary]).joined(separator: "\n")
    }

    private var heading: String {
        """
        time   outdoor    room  verdict  set-point  valve   heat    reason
                    °C      °C       °C         °C      %    kWh
        """
    }

    private var rows: [String] {
        record.hourly.map { sample in
            let fused = sample.fusedCelsius.map { column($0, 9, 1) } ?? column("–", 9)
            let time = String(format: "%02d:00", sample.second / 3600)
            return time + column(sample.outdoorCelsius, 10, 1) + column(sample.roomCelsius, 8, 2) + fused
                + column(sample.setpointCelsius, 11, 1) + column("\(sample.levelPercent)", 7)
                + column(sample.heatKilowattHours, 7, 2) + "    " + sample.reason
        }
    }

    private var summary: String {
        let summary = DaySummary(of: record)
        let settling = record.settings.settlingHours
        return """
            room \(record.settings.room.name), \(record.settings.controller.name), seed \(record.settings.seed), \
            from \(settling):00 (the room warms up in the hours before):
              error        \(number(summary.meanAbsoluteErrorKelvin, 2)) K mean absolute, \
            \(number(summary.rootMeanSquareErrorKelvin, 2)) K RMS, \(signed(summary.meanErrorKelvin, 2)) K on average
              overshoot    \(number(summary.overshootKelvin, 2)) K at most
              comfort      \(number(summary.shareWithinHalfKelvin * 100, 1)) % of the time within ±0.5 K
            \(record.settings.days == 1 ? "whole day" : "\(record.settings.days) days"):
              heat         \(number(summary.heatKilowattHours, 2)) kWh
              valve        \(summary.valveCommands) commands, \(summary.valveTravelPercent) % of travel
            """
    }

    private func number(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    private func signed(_ value: Double, _ decimals: Int) -> String {
        String(format: "%+.\(decimals)f", value)
    }

    private func column(_ value: Double, _ width: Int, _ decimals: Int) -> String {
        column(number(value, decimals), width)
    }

    private func column(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
