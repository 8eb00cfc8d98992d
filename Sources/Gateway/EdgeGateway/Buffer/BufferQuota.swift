package import EdgeConfiguration

/// How large the buffer may be: `buffer.maxBytes`, and while the disk has less left than `buffer.reserveBytes`, no larger
/// than it was when that began.
package struct BufferQuota: Sendable {
    private let limits: EdgeConfiguration.Buffer
    /// The size at which it stays; `nil` while the disk has room.
    private var frozen: Int64?

    /// A buffer may become so large whatever the reserve: on a small disk some hours are worth more than the reserve.
    package static let always: Int64 = 16_000_000

    package init(_ limits: EdgeConfiguration.Buffer) { self.limits = limits }

    /// - Parameter freeBytes: what the disk has left; `nil` where the system does not say.
    /// - Returns: bytes.
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
