internal import Glibc

/// An IPv4 or IPv6 address.
package struct NetworkAddress: Hashable, Sendable {
    /// The 4 or 16 bytes of the address in network order.
    let bytes: [UInt8]

    /// Parses an address.
    ///
    /// - Parameter text: `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`, also in brackets, without a port.
    /// - Returns: `nil` if it is not an address.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let whole = withUnsafeBytes(of: six) { Array($0) }
        bytes = whole.starts(with: Self.mapped) ? Array(whole[12...]) : whole
    }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// The part of the address that a network provider assigns to one customer: all of IPv4, the first 64 bits of IPv6.
    package var share: [UInt8] { bytes.count == 4 ? bytes : Array(bytes[..<8]) }
}

/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single one.
package struct AddressRange: Hashable, Sendable {
    private let first: NetworkAddress
    private let bits: Int

    /// Parses a range in CIDR notation, or a single address.
    ///
    /// - Returns: `nil` if `text` is not a valid range.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ NetworkAddress($0) }) else { return nil }
        self.first = first
        let longest = first.bytes.count * 8
        guard parts.count == 2 else {
            bits = longest
            return
        }
        guard let bits = QueryParameters.integer(String(parts[1])), bits <= longest, !parts[1].isEmpty else {
            return nil
        }
        self.bits = bits
    }

    /// Returns whether the range includes `address`. An IPv4 range includes no IPv6 address, and vice versa.
    package func contains(_ address: NetworkAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let mask: UInt8 = 0x80 >> UInt8(bit % 8)
            return address.bytes[bit / 8] & mask == first.bytes[bit / 8] & mask
        }
    }
}
