import Glibc

/// How many files and connections the process may have open.
package enum OpenFileLimit {
    /// Raises the limit to what the system allows this process at most. Where that fails, the old one stays.
    package static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        // Some systems name a limit without bounds that nothing else can bear.
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        setrlimit(resource, &limit)
    }
}
