internal import Building
internal import MeterLoader
internal import Telemetry

/// The metrics of this process's loader of smart meters.
struct MeterLoadMetrics: MetricSource {
    let loader: MeterLoader

    func metrics() async -> [MetricFamily] {
        let report = loader.report
        guard !report.meters.isEmpty else { return [] }
        func count(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily(.counter, "hearth_meter_" + name, help, value)
        }
        func times(
            _ name: String, _ help: String, _ time: (MeterLoaderReport.Meter) -> Timestamp?
        ) -> MetricFamily {
            MetricFamily(
                .gauge, "hearth_meter_" + name, help,
                report.meters.compactMap { meter in
                    time(meter).map { .init($0.secondsSince1970, [(name: "muid", value: meter.muid)]) }
                })
        }
        return [
            MetricFamily(
                .counter, "hearth_meter_loads_total", "Smart-meter loads by this process, by result.",
                [
                    .init(Double(report.loadsSucceeded), [(name: "result", value: "success")]),
                    .init(Double(report.loadsFailed), [(name: "result", value: "failure")]),
                ]),
            MetricFamily(
                .counter, "hearth_meter_readings_total",
                "Smart-meter readings loaded, by result.",
                [
                    .init(Double(report.readingsAdded), [(name: "result", value: "added")]),
                    .init(Double(report.readingsCorrected), [(name: "result", value: "corrected")]),
                    .init(Double(report.readingsUnchanged), [(name: "result", value: "unchanged")]),
                ]),
            count(
                "records_refused_total", "Unreadable records from smart-meter sources.",
                report.recordsRefused),
            MetricFamily(
                .gauge, "hearth_meter_failing_loads", "Failed loads of a smart meter since its last successful load.",
                report.meters.map { .init(Double($0.failures), [(name: "muid", value: $0.muid)]) }),
            times(
                "last_success_timestamp_seconds", "Time of the last successful load of a smart meter by this process.",
                \.lastSuccess),
            times("newest_reading_timestamp_seconds", "Time of the newest reading loaded.", \.newestReading),
        ]
    }
}
