import Glibc

/// The maximum number of files and connections that the process may have open.
package enum OpenFileLimit {
    /// Raises the limit to the maximum that the system allows for this process. If that fails, the limit stays as it
    /// is.
    package static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        // Some systems specify an unbounded limit, which other parts of the system cannot handle.
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        setrlimit(resource, &limit)
    }
}
