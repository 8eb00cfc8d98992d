import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Synchronization

/// The whole product, each part a real process that a test may kill or stop: broker, gateway, central service and a
/// database server of its own.
final class Plant: Sendable {
    /// How a gateway is started where it is not as usual.
    struct EdgeStart: Sendable {
        /// The file of its buffer.
        var store: String?
        var environment: [String: String] = [:]
        /// What stands before the program: a command that runs it somewhere.
        var launcher: [String] = []
        /// The hosts where it finds broker and central service; without the proxies between, then.
        var brokerHost: String?
        var centralHost: String?
    }

    let database: PrivateDatabase
    let folder = TemporaryFolder()
    /// Between the gateway and the central service.
    let uplink: TCPProxy
    /// What the gateway acknowledged to the broker, as seen on the way between them.
    let acknowledgements = AcknowledgementRecord()
    private let intake: TCPProxy
    private let brokerFolder = TemporaryFolder()
    private let brokerPort: Int
    private let brokerSettings: String
    private let httpPort: Int
    private let parts: Mutex<Parts>

    private struct Parts {
        var broker: Broker
        var central: ManagedProcess
        var edge: ManagedProcess
    }

    var broker: Broker { parts.withLock { $0.broker } }
    var central: ManagedProcess { parts.withLock { $0.central } }
    var edge: ManagedProcess { parts.withLock { $0.edge } }

    /// Everything runs, in a database without a reading.
    ///
    /// - Parameter brokerSavesAtOnce: as strictly as mosquitto can, after each change.
    init(on database: PrivateDatabase, brokerSavesAtOnce: Bool) async throws {
        self.database = database
        let ports = (broker: LoopbackPort.free(), http: LoopbackPort.free())
        (brokerPort, httpPort) = ports
        uplink = try TCPProxy(to: ports.http)
        let acknowledgements = acknowledgements
        intake = try TCPProxy(to: ports.broker) { acknowledgements.observe($0, $1, $2) }
        let token = try await CentralProcess.token("gateway", "--building", "grand", database: database.url)
        _ = try folder.write("gateway.token", token)
        brokerSettings = brokerSavesAtOnce ? "autosave_on_changes true\nautosave_interval 1\n" : ""
        let broker = try await Broker(port: ports.broker, extra: brokerSettings, folder: brokerFolder)
        let central = try await CentralProcess(database: database.url, port: ports.http).process
        let edge = try await Self.edge(
            .init(), folder: folder, broker: ("127.0.0.1", intake.port), central: ("127.0.0.1", uplink.port))
        parts = Mutex(Parts(broker: broker, central: central, edge: edge))
    }

    var store: String { folder.file("outbox.sqlite") }

    func end() async {
        await edge.terminate()
        await central.terminate()
        await broker.process.terminate()
    }

    private static func edge(
        _ start: EdgeStart, folder: TemporaryFolder, broker: (host: String, port: Int),
        central: (host: String, port: Int)
    ) async throws -> ManagedProcess {
        let gateway = try EdgeProgram(
            broker: broker.port, host: broker.host, in: folder, store: start.store,
            central: "http://\(central.host):\(central.port)")
        return try await gateway.start(
            environment: start.environment, launcher: start.launcher, until: ["intake is connected"])
    }

    /// - Parameter host: another address on which it listens besides.
    func startBroker(host: String? = nil) async throws {
        let listener = host.map { "listener \(brokerPort) \($0)\n" } ?? ""
        let broker = try await Broker(port: brokerPort, extra: brokerSettings + listener, folder: brokerFolder)
        parts.withLock { $0.broker = broker }
    }

    func startCentral(host: String = "127.0.0.1") async throws {
        let central = try await CentralProcess(database: database.url, host: host, port: httpPort).process
        parts.withLock { $0.central = central }
    }

    func startEdge(_ start: EdgeStart = .init()) async throws {
        let edge = try await Self.edge(
            start, folder: folder,
            broker: start.brokerHost.map { ($0, brokerPort) } ?? ("127.0.0.1", intake.port),
            central: start.centralHost.map { ($0, httpPort) } ?? ("127.0.0.1", uplink.port))
        parts.withLock { $0.edge = edge }
    }

    // MARK: What is there centrally

    /// The one value of a query.
    func ask(_ query: String) async throws -> String {
        let result = try await ManagedProcess.run(
            "psql", [database.url, "-X", "-q", "-A", "-t", "-c", query], within: .seconds(300))
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The newest reading of the publisher's room; -1 where there is none.
    func newest(room: String) async throws -> Int {
        let answer = try await ask(
            "SELECT max(value::float8) FROM latest_reading WHERE device_id ~ '^grand/\(room)/s[0-9]$'")
        return Double(answer).map { Int($0) } ?? -1
    }

    /// What the central service accounts for.
    struct Account {
        var balances: Bool
        /// Readings that were declared lost, all stores and reasons together.
        var lost: Int
        /// Readings that wait in gateways, as far as these have told.
        var waiting: Int
        var text: String
    }

    private struct AuditDocument: Decodable {
        struct Store: Decodable {
            var lost: [String: Int]
            var waiting: Int
        }
        var balances: Bool
        var stores: [Store]
    }

    func audit() async throws -> Account {
        let result = try await CentralProcess.command("audit", "--json", database: database.url)
        let document = try JSONDecoder().decode(AuditDocument.self, from: Data(result.output.utf8))
        return Account(
            balances: result.status == 0 && document.balances,
            lost: document.stores.reduce(0) { $0 + $1.lost.values.reduce(0, +) },
            waiting: document.stores.reduce(0) { $0 + $1.waiting }, text: result.output)
    }

    /// How often each reading of the publisher's room is stored centrally.
    func stored(room: String) async throws -> [Int: Int] {
        let answer = try await ask(
            """
            SELECT value, count(*) FROM raw_data
            WHERE device_id ~ '^grand/\(room)/s[0-9]$' GROUP BY device_id, value
            """)
        return answer.split(separator: "\n").reduce(into: [:]) { counts, line in
            let columns = line.split(separator: "|").compactMap { Double($0) }.compactMap { Int(exactly: $0) }
            if columns.count == 2 { counts[columns[0], default: 0] += columns[1] }
        }
    }

    /// What is stored centrally of the publisher's room that no sensor of it said.
    func foreign(room: String, sent: Set<Int>) async throws -> [String] {
        let answer = try await ask("SELECT device_id, value FROM raw_data WHERE device_id LIKE 'grand/\(room)/%'")
        return answer.split(separator: "\n").map(String.init).filter { line in
            let columns = line.split(separator: "|")
            guard columns.count == 2, let number = Double(columns[1]).flatMap({ Int(exactly: $0) }) else { return true }
            return !sent.contains(number) || columns[0] != "grand/\(room)/\(Publisher.device(number))"
        }
    }
}
