internal import Building
package import HTTPTypes
internal import Synchronization
package import Telemetry

/// The limits for a single client, whether or not it holds a token: anybody can open a connection.
package struct ClientLimits: Sendable {
    /// The largest number of simultaneous connections from one address.
    package var connectionsPerAddress: Int
    /// The largest total size of the bodies of all unanswered requests, in bytes.
    package var bodyBytes: Int
    /// The largest part of `bodyBytes` that one address may use, in bytes.
    package var bodyBytesPerAddress: Int
    /// The longest time a body may take to arrive.
    package var bodyDuration: Duration
    /// The average rate a body must reach once `bodyGrace` is over, in bytes per second.
    package var bodyBytesPerSecond: Int
    /// The time before `bodyBytesPerSecond` is enforced.
    package var bodyGrace: Duration
    /// The longest time until the end of a request's headers, measured from the start of the connection or from its
    /// last answer.
    package var headDuration: Duration
    /// The reverse proxies whose `X-Forwarded-For` header is trusted to name the client. The header is ignored from all
    /// others.
    package var trustedProxies: [AddressRange]

    /// Creates limits; the defaults are those of the configuration file.
    package init(
        connectionsPerAddress: Int = 5000, bodyBytes: Int = 512 << 20, bodyBytesPerAddress: Int = 256 << 20,
        bodyDuration: Duration = .seconds(300), bodyBytesPerSecond: Int = 512, bodyGrace: Duration = .seconds(10),
        headDuration: Duration = .seconds(70), trustedProxies: [AddressRange] = []
    ) {
        self.connectionsPerAddress = connectionsPerAddress
        self.bodyBytes = bodyBytes
        self.bodyBytesPerAddress = bodyBytesPerAddress
        self.bodyDuration = bodyDuration
        self.bodyBytesPerSecond = bodyBytesPerSecond
        self.bodyGrace = bodyGrace
        self.headDuration = headDuration
        self.trustedProxies = trustedProxies
    }
}

/// Tracks the resources each client address uses, and refuses anything beyond its share.
package final class ClientShares: MetricSource {
    /// A client, identified by its address.
    package struct Client: Hashable, Sendable {
        /// The part of the address that counts as one client; `nil` for a Unix socket.
        package var address: [UInt8]?
    }

    private struct Taken {
        var connections = SharedCount<Client>()
        var bytes: [Client: Int] = [:]
        var allBytes = 0
    }

    let limits: ClientLimits
    private let taken = Mutex(Taken())
    private let refused = LabelledCounter(
        "hearth_http_refused_total",
        "Requests and connections refused because their client address exceeded a limit: too many "
            + "connections, too much memory for bodies, or bodies that arrive too slowly.",
        labels: ["reason"], known: Reason.allCases.map { [$0.rawValue] })

    enum Reason: String, CaseIterable {
        case connections
        case bodyMemory = "body_memory"
        case slowBody = "slow_body"
    }

    /// Creates an empty count.
    package init(_ limits: ClientLimits = ClientLimits()) { self.limits = limits }

    // MARK: Connections

    /// Counts a new connection of `client`.
    ///
    /// - Returns: The refusal if the client has too many connections; the connection is not counted then.
    func open(_ client: Client) -> APIError? {
        let isWithin = taken.withLock { taken in
            guard taken.connections.excess(for: client, limitPerUser: limits.connectionsPerAddress) == nil else {
                return false
            }
            taken.connections.add(client)
            return true
        }
        guard !isWithin else { return nil }
        return refusal(
            .connections,
            .tryLater(
                .tooManyRequests, code: "too_many_connections",
                "This address has reached its limit of \(limits.connectionsPerAddress) connections.",
                seconds: 10))
    }

    func close(_ client: Client) {
        taken.withLock { $0.connections.remove(client) }
    }

    // MARK: Memory

    /// Counts bytes of a body of `client` that have arrived.
    ///
    /// - Returns: The refusal if the bytes exceed a limit; they are not counted then.
    func hold(_ bytes: Int, of client: Client) -> APIError? {
        let isWithin = taken.withLock { taken in
            let own = taken.bytes[client, default: 0]
            guard own + bytes <= limits.bodyBytesPerAddress, taken.allBytes + bytes <= limits.bodyBytes else {
                return false
            }
            taken.bytes[client] = own + bytes
            taken.allBytes += bytes
            return true
        }
        guard !isWithin else { return nil }
        return refusal(
            .bodyMemory,
            .tryLater(
                .tooManyRequests, code: "too_much_at_once",
                "The requests in progress have reached their memory limit.", seconds: 5))
    }

    func release(_ bytes: Int, of client: Client) {
        guard bytes > 0 else { return }
        taken.withLock { taken in
            let left = taken.bytes[client, default: bytes] - bytes
            taken.bytes[client] = left > 0 ? left : nil
            taken.allBytes -= bytes
        }
    }

    // MARK: Time

    /// Checks the progress of a body.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of the body that have arrived.
    ///   - elapsed: The time since the request began, excluding time in which the service did not ask for more.
    /// - Returns: The refusal if the body takes too long or arrives too slowly.
    func judge(bytes: Int, after elapsed: Duration) -> APIError? {
        let message: String
        let rated = (elapsed - limits.bodyGrace) / .seconds(1)
        if elapsed > limits.bodyDuration {
            message = "The body was not complete within \(limits.bodyDuration.components.seconds) s."
        } else if rated > 0, Double(bytes) < rated * Double(limits.bodyBytesPerSecond) {
            message = "The body arrives more slowly than \(limits.bodyBytesPerSecond) bytes per second."
        } else {
            return nil
        }
        return refusal(.slowBody, .tryLater(.requestTimeout, code: "body_too_slow", message, seconds: 5))
    }

    private func refusal(_ reason: Reason, _ error: APIError) -> APIError {
        refused.add(1, reason.rawValue)
        return error
    }

    // MARK: Identity

    /// Returns the client at the other end of a connection, and whether it is a trusted proxy.
    ///
    /// - Parameter peer: The address of the other end as text; `nil` for a Unix socket.
    package func client(peer: String?) -> (client: Client, isProxy: Bool) {
        guard let address = peer.flatMap({ NetworkAddress($0) }) else { return (Client(address: nil), false) }
        return (Client(address: address.share), isTrusted(address))
    }

    /// Returns the client named by a trusted proxy: the last address of `X-Forwarded-For` that is not one of our
    /// proxies. Any address before it may be forged.
    package func client(forwarded headers: HTTPFields) -> Client? {
        let list = headers[values: Self.forwardedFor].joined(separator: ",")
        for entry in list.split(separator: ",").reversed().prefix(Self.mostProxies) {
            guard let address = NetworkAddress(Self.withoutPort(entry)) else { return nil }
            if !isTrusted(address) { return Client(address: address.share) }
        }
        return nil
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool {
        limits.trustedProxies.contains { $0.contains(address) }
    }

    /// Strips spaces and the port from `192.0.2.1:4711` and `[2001:db8::1]:4711`.
    private static func withoutPort(_ entry: Substring) -> Substring {
        let entry = entry.drop { $0 == " " }
        let text = entry[..<(entry.lastIndex { $0 != " " }.map { entry.index(after: $0) } ?? entry.endIndex)]
        if text.first == "[", let end = text.firstIndex(of: "]") { return text[...end] }
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        return colons == 1 ? text.prefix { $0 != ":" } : text
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let mostProxies = 16

    /// Returns the number of refusals by reason, and the bytes of unanswered bodies.
    package func metrics() async -> [MetricFamily] {
        let bytes = taken.withLock { $0.allBytes }
        return [
            refused.family,
            MetricFamily(
                .gauge, "hearth_http_body_bytes", "Bytes of the bodies of unanswered requests.", bytes),
        ]
    }
}
