internal import Foundation
internal import Glibc

/// The metrics that Linux keeps of this process, under the names used by Prometheus's own client libraries.
package struct ProcessMetrics: MetricSource {
    /// Creates the source.
    package init() {}

    /// Returns the present values; omits those that cannot be read.
    package func metrics() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let status = Self.status() {
            families += [
                MetricFamily(
                    .counter, "process_cpu_seconds_total", "CPU time used, user and system.",
                    [.init(status.processorSeconds)]),
                MetricFamily(
                    .gauge, "process_start_time_seconds", "Start time of the process, Unix seconds.",
                    [.init(status.startSeconds)]),
                MetricFamily(
                    .gauge, "process_resident_memory_bytes", "Resident memory of the process.", status.residentBytes
                ),
                MetricFamily(
                    .gauge, "process_virtual_memory_bytes", "Virtual memory of the process.", status.virtualBytes),
                MetricFamily(.gauge, "process_threads", "Threads of the process.", status.threads),
            ]
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            families.append(MetricFamily(.gauge, "process_open_fds", "Open file descriptors.", open))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.append(
                MetricFamily(.gauge, "process_max_fds", "Limit on open file descriptors.", limit.rlim_cur))
        }
        return families
    }

    private struct Status {
        var processorSeconds: Double
        var startSeconds: Double
        var residentBytes: Int
        var virtualBytes: Int
        var threads: Int
    }

    /// Returns the contents of `/proc/self/stat`, see proc_pid_stat(5).
    private static func status() -> Status? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let uptimes = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
            let uptime = uptimes.split(separator: " ").first.flatMap({ Double($0) }),
            // The program's name is in brackets and may contain anything.
            let close = stat.lastIndex(of: ")")
        else { return nil }
        // Field 3 is the first after the name.
        let fields = stat[stat.index(after: close)...].split(whereSeparator: \.isWhitespace).map { Double($0) ?? 0 }
        func field(_ number: Int) -> Double { fields.indices.contains(number - 3) ? fields[number - 3] : 0 }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let booted = Date().timeIntervalSince1970 - uptime
        return Status(
            processorSeconds: (field(14) + field(15)) / ticks, startSeconds: booted + field(22) / ticks,
            residentBytes: Int(field(24)) * Int(sysconf(Int32(_SC_PAGESIZE))), virtualBytes: Int(field(23)),
            threads: Int(field(20)))
    }
}
