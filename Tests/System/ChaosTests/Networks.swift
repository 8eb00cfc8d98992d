import Foundation
import Glibc
import Rig

/// Two network namespaces of this run's own: the gateway's, and a router's between it and this machine. The router
/// swallows what it is told to, and says nothing about it.
///
/// Their names carry this process's number, so that what a killed run left behind is known and removed.
final class Networks: Sendable {
    /// A place that the gateway speaks to, by an address of its own at both ends.
    enum Place: Int, Sendable, CaseIterable { case central, broker }

    /// What puts a command into the gateway's namespace.
    let launcher: [String]
    private let edge: String
    private let router: String
    private let net: String
    private let base: Int

    /// - Throws: where the rights are missing, with what was refused.
    init() async throws {
        let mark = getpid()
        edge = "hearth-\(mark)-edge"
        router = "hearth-\(mark)-router"
        launcher = ["ip", "netns", "exec", edge]
        // 198.18.0.0/15 is for measurements and nobody's. Sixteen addresses of it: eight above the router, eight below.
        net = "198.18.\(mark >> 4 & 0xFF)"
        base = Int(mark & 0xF) << 4
        try await Self.removeStale()
        do { try await build(mark) } catch {
            await remove()
            throw error
        }
    }

    /// Where this machine answers for a place.
    func host(_ place: Place) -> String { "\(net).\(base + 1 + place.rawValue)" }
    private func edgeHost(_ place: Place) -> String { "\(net).\(base + 10 + place.rawValue)" }

    private func build(_ mark: Int32) async throws {
        let (up, upper, lower, down) = ("hu\(mark)", "hr\(mark)", "hd\(mark)", "he\(mark)")
        try await ip("netns add \(edge)")
        try await ip("netns add \(router)")
        try await ip("link add \(up) type veth peer name \(upper) netns \(router)")
        try await ip("link add \(lower) netns \(router) type veth peer name \(down) netns \(edge)")
        let gate = (above: "\(net).\(base + 3)", below: "\(net).\(base + 9)")
        for place in Place.allCases {
            try await ip("address add \(host(place))/29 dev \(up)")
            try await ip("-n \(edge) address add \(edgeHost(place))/29 dev \(down)")
        }
        try await ip("-n \(router) address add \(gate.above)/29 dev \(upper)")
        try await ip("-n \(router) address add \(gate.below)/29 dev \(lower)")
        try await ip("link set \(up) up")
        try await ip("-n \(router) link set \(upper) up")
        try await ip("-n \(router) link set \(lower) up")
        try await ip("-n \(edge) link set \(down) up")
        try await ip("-n \(edge) link set lo up")
        try await ip("route add \(net).\(base + 8)/29 via \(gate.above)")
        for place in Place.allCases {
            try await ip("-n \(edge) route add \(host(place))/32 via \(gate.below) src \(edgeHost(place))")
        }
        try await Self.run("ip", ["netns", "exec", router, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"])
    }

    /// What goes to a place from now on vanishes in the router, or what comes from it.
    func swallow(_ directions: Set<TCPProxy.Direction>, _ place: Place) async throws {
        for address in addresses(directions, place) { try await ip("-n \(router) route add blackhole \(address)/32") }
    }

    /// Everything gets through again.
    func heal(_ directions: Set<TCPProxy.Direction>, _ place: Place) async throws {
        for address in addresses(directions, place) { try await ip("-n \(router) route del blackhole \(address)/32") }
    }

    private func addresses(_ directions: Set<TCPProxy.Direction>, _ place: Place) -> [String] {
        (directions.contains(.toServer) ? [host(place)] : [])
            + (directions.contains(.toClient) ? [edgeHost(place)] : [])
    }

    /// This machine's end of the link goes at once, and the route with it; the kernel takes its time for namespaces.
    func remove() async {
        try? await ip("link del hu\(getpid())")
        for name in [edge, router] { try? await ip("netns del \(name)") }
    }

    private static func removeStale() async throws {
        for line in try await run("ip", ["netns", "list"]).split(separator: "\n") {
            let parts = line.prefix { $0 != " " }.split(separator: "-")
            guard parts.count == 3, parts[0] == "hearth", let id = Int32(parts[1]), kill(id, 0) != 0 else { continue }
            try await run("ip", ["netns", "del", parts.joined(separator: "-")])
        }
    }

    private func ip(_ words: String) async throws {
        try await Self.run("ip", words.split(separator: " ").map(String.init))
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await ManagedProcess.run(program, arguments)
        guard result.status == 0 else {
            throw ManagedProcess.DidNotHappen(description: "\(arguments.joined(separator: " ")): \(result.output)")
        }
        return result.output
    }

    /// A Boolean value that indicates whether such namespaces may be made here.
    static var areAllowed: Bool {
        get async { await trial.value }
    }

    /// One trial for all who ask: two at once would meet.
    private static let trial = Task {
        guard getuid() == 0, let networks = try? await Networks() else { return false }
        await networks.remove()
        return true
    }
}
