package import EdgeConfiguration

/// The permitted size of the buffer: `buffer.maxBytes`, and while the disk has less free space than
/// `buffer.reserveBytes`, no more than its size when that began.
package struct BufferQuota: Sendable {
    private let limits: EdgeConfiguration.Buffer
    /// The size, in bytes, at which the buffer is held; `nil` while the disk has room.
    private var frozen: Int64?

    /// The size, in bytes, that the buffer may reach whatever the reserve: on a small disk some hours of readings are
    /// worth more than the reserve.
    package static let always: Int64 = 16_000_000

    /// Creates a quota for the given limits.
    package init(_ limits: EdgeConfiguration.Buffer) { self.limits = limits }

    /// Returns the permitted size of the buffer, in bytes.
    ///
    /// - Parameters:
    ///   - used: the present size of the buffer, in bytes.
    ///   - free: the free disk space, in bytes; `nil` if the system does not say.
    package mutating func limit(usedBytes used: Int64, freeBytes free: Int64?) -> Int64 {
        guard let free, free < limits.reserveBytes else {
            frozen = nil
            return limits.maxBytes
        }
        let size = frozen ?? max(used, Self.always)
        frozen = size
        return min(limits.maxBytes, size)
    }
}
