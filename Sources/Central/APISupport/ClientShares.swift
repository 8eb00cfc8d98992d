package import HTTPTypes
internal import Synchronization
package import Telemetry

/// What one client may take of the server, whoever it is: nobody has to hold a token to open a connection.
package struct ClientLimits: Sendable {
    /// Connections from one address at the same time.
    package var connectionsPerAddress: Int
    /// Bytes of the bodies of all requests that are not answered yet.
    package var bodyBytes: Int
    /// Of these from one address.
    package var bodyBytesPerAddress: Int
    /// How long a body may take in all.
    package var bodyDuration: Duration
    /// The bytes a second that a body must bring on average, once `bodyGrace` is over.
    package var bodyBytesPerSecond: Int
    package var bodyGrace: Duration
    /// How long a connection may take to say what it wants: from its begin, or its last answer, to the end of the
    /// request's headers.
    package var headDuration: Duration
    /// Reverse proxies, whose header `X-Forwarded-For` names the client. Nobody else's is believed.
    package var trustedProxies: [AddressRange]

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

/// Counts what each client's address takes, and refuses what is beyond its share.
package final class ClientShares: MetricSource {
    /// A client, by its address.
    package struct Client: Hashable, Sendable {
        /// `nil` where it has none: a Unix socket.
        package var address: [UInt8]?
    }

    private struct Taken {
        var connections: [Client: Int] = [:]
        var bytes: [Client: Int] = [:]
        var allBytes = 0
    }

    let limits: ClientLimits
    private let taken = Mutex(Taken())
    private let refused = LabelledCounter(
        "hearth_http_refused_total",
        "Requests and connections that were refused because of what their client's address takes, or takes too long "
            + "for: too many connections, bodies that take too much memory, bodies that come too slowly.",
        labels: ["reason"], known: Reason.allCases.map { [$0.rawValue] })

    enum Reason: String, CaseIterable {
        case connections
        case bodyMemory = "body_memory"
        case slowBody = "slow_body"
    }

    package init(_ limits: ClientLimits = ClientLimits()) { self.limits = limits }

    // MARK: Connections

    /// Counts a new connection of `client`.
    ///
    /// - Returns: why it must be refused; it is not counted then.
    func open(_ client: Client) -> APIError? {
        let isWithin = taken.withLock { taken in
            let number = taken.connections[client, default: 0]
            guard number < limits.connectionsPerAddress else { return false }
            taken.connections[client] = number + 1
            return true
        }
        guard !isWithin else { return nil }
        return refusal(
            .connections,
            .tryLater(
                .tooManyRequests, code: "too_many_connections",
                "There are \(limits.connectionsPerAddress) connections from this address; more are not taken.",
                seconds: 10))
    }

    func close(_ client: Client) {
        taken.withLock { taken in
            let left = taken.connections[client, default: 1] - 1
            taken.connections[client] = left > 0 ? left : nil
        }
    }

    // MARK: Memory

    /// Counts bytes of a body of `client` that have arrived.
    ///
    /// - Returns: why they must be refused; they are not counted then.
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
                "The requests on their way take as much memory as they may.", seconds: 5))
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

    /// - Parameters:
    ///   - bytes: of a body that have arrived.
    ///   - elapsed: since its request began, without the time in which the service did not ask for more.
    /// - Returns: why the body must be refused.
    func judge(bytes: Int, after elapsed: Duration) -> APIError? {
        let message: String
        let rated = (elapsed - limits.bodyGrace) / .seconds(1)
        if elapsed > limits.bodyDuration {
            message = "The body did not end within \(limits.bodyDuration.components.seconds) s."
        } else if rated > 0, Double(bytes) < rated * Double(limits.bodyBytesPerSecond) {
            message = "The body comes more slowly than \(limits.bodyBytesPerSecond) bytes a second."
        } else {
            return nil
        }
        return refusal(.slowBody, .tryLater(.requestTimeout, code: "body_too_slow", message, seconds: 5))
    }

    private func refusal(_ reason: Reason, _ error: APIError) -> APIError {
        refused.add(1, reason.rawValue)
        return error
    }

    // MARK: Who it is

    /// The client behind a connection.
    ///
    /// - Parameter peer: the other end of the connection, as text.
    package func client(peer: String?) -> (client: Client, isProxy: Bool) {
        guard let address = peer.flatMap({ NetworkAddress($0) }) else { return (Client(address: nil), false) }
        return (Client(address: address.share), isTrusted(address))
    }

    /// The client that a trusted proxy names: the last address of `X-Forwarded-For` that is not one of our proxies. What
    /// stands before it, anybody may have written.
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

    /// `192.0.2.1:4711` and `[2001:db8::1]:4711` without spaces and port.
    private static func withoutPort(_ entry: Substring) -> Substring {
        let entry = entry.drop { $0 == " " }
        let text = entry[..<(entry.lastIndex { $0 != " " }.map { entry.index(after: $0) } ?? entry.endIndex)]
        if text.first == "[", let end = text.firstIndex(of: "]") { return text[...end] }
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        return colons == 1 ? text.prefix { $0 != ":" } : text
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let mostProxies = 16

    package func metrics() async -> [MetricFamily] {
        let bytes = taken.withLock { $0.allBytes }
        return [
            refused.family,
            MetricFamily(
                .gauge, "hearth_http_body_bytes", "Bytes of the bodies of requests that are not answered yet.", bytes),
        ]
    }
}
