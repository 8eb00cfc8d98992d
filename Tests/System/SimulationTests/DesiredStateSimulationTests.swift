import Building
import ClimateControl
import DatabaseRig
import EdgeConfiguration
import EdgeGateway
import Foundation
import HTTPClient
import Postgres
import Rig
import Storage
import Testing
import Uplink

/// Wishes go down, and what holds comes up, over the network on which everything happens, past restarts of both sides.
@Suite(.withDatabaseServer, .database, .serialized) struct DesiredStateSimulationTests {
    @Test func `what was set last holds in the end, and everybody knows`() async throws {
        try await SchemaOfTheService.make()
        for seed in UInt64(1)...30 {
            let pool = ConnectionPool(settings: TestDatabase.settings, limits: .init(connections: 2))
            defer { pool.close() }
            let scene = try await DesiredStateScene(seed: seed, pool: pool)
            do {
                try await scene.play()
            } catch {
                Issue.record("seed \(seed): \(error)\n\(scene.log.text)")
                return
            }
        }
    }
}

/// The database as the service makes it.
private enum SchemaOfTheService {
    static func make() async throws {
        _ = try await Migrator(settings: TestDatabase.settings, logger: Quiet.logger).migrate()
    }
}

/// A gateway, its central service and people who change their minds.
private final class DesiredStateScene {
    let log: EventLog
    private var dice: SeededRandom
    private let time = SimulatedTime()
    private let network: SeededNetwork
    private let store: CentralStore
    private let token: String
    private let room: Int
    private let folder = TemporaryFolder()
    private let configuration: EdgeConfiguration
    private var keeper: DesiredStateKeeper
    private var service: DesiredStateService
    private var asking = DesiredStateService.Course()
    private var reporting = DesiredStateService.ReportCourse()
    /// The set-points of which one should hold in the end.
    private var expected: Set<Double> = [DesiredStateScene.configured]
    private var setInTheBuilding: Double?
    private var isLocal = false

    private static let slug = Slug("room-1")!
    private static let configured = 22.0

    init(seed: UInt64, pool: ConnectionPool) async throws {
        var dice = SeededRandom(seed: seed)
        log = EventLog(time: time)
        let time = time
        network = SeededNetwork(
            dice: dice.fork(), mishaps: SeededNetwork.Mishap.allCases, percent: dice.number(0...60), log: log
        ) { CentralReplica(pool: pool, time: time) }
        let building = Slug("wish-\(seed)-\(UInt32.random(in: 0...UInt32.max))")!
        configuration = try .load(
            path: Checkout.file("config/edge-one-room.yaml"),
            overrides: ["building.slug=\(building)", "control.statePath=\(folder.file("control.json"))"])
        store = CentralStore(pool: pool, logger: Quiet.logger) { time.rightCalendar }
        token = try await TokenAdministration(store).addGateway(building: building, kind: "home", label: nil).text
        let replica = CentralReplica(pool: pool, time: time)
        let inventory = Array(try JSONEncoder().encode(configuration.inventory))
        let answer = try await replica.answer(
            UplinkRequest(
                method: .put, url: "",
                headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                body: inventory), path: "/uplink/v1/inventory")
        guard answer.status == 204 else { throw Violation("the inventory was refused: \(answer.status)") }
        let text = try await pool.withConnection { connection in
            try connection.query(
                "SELECT max(rooms.id)::text FROM rooms JOIN floors ON floors.id = floor_id JOIN hotels ON hotels.id = hotel_id WHERE hotels.slug = $1",
                [.text(building.text)])[0].value(0, as: String.self)
        }
        room = Int(text) ?? 0
        (keeper, service) = Self.gateway(configuration, network, time, token)
        self.dice = dice
    }

    private static func gateway(
        _ configuration: EdgeConfiguration, _ network: SeededNetwork, _ time: SimulatedTime, _ token: String
    ) -> (DesiredStateKeeper, DesiredStateService) {
        let clock = GatewayClock(monotonic: { time.monotonic }, calendar: { time.calendar }, boot: "one")
        let keeper = DesiredStateKeeper(configuration: configuration, clock: clock, logger: Quiet.logger)
        let service = DesiredStateService(
            taker: keeper, asking: network, reporting: network, baseURL: SeededNetwork.baseURL, token: { token },
            logger: Quiet.logger, now: { time.monotonic }, jitter: { 0.5 }, wait: 0)
        return (keeper, service)
    }

    func play() async throws {
        for _ in 0..<dice.number(20...80) { try await step() }
        network.heal()
        try await network.deliverLate(all: true)
        // What is told again in any case puts right whatever came late.
        time.advance(by: .seconds(700))
        for _ in 0..<8 { try await exchange() }
        try await judge()
    }

    private func step() async throws {
        switch dice.number(0...9) {
        case 0...1: try await setDesired()
        case 2: setLocally()
        case 3: try restart()
        case 4: time.advance(by: .seconds([1, 60, 600].randomElement(using: &dice)!))
        default: try await exchange()
        }
        // Two people are never so close that nobody could tell who was later.
        time.advance(by: .seconds(10))
    }

    private func setDesired() async throws {
        let celsius = dice.chance(75) ? Double(dice.number(16...26)) : nil
        let desired = try await store.setDesired(
            celsius: celsius, until: nil, forRoom: room, by: DesiredStateOrigin(source: .guest, who: "guest"))
        guard desired != nil else { throw Violation("there is no room") }
        log.note("wished: \(celsius.map { "\($0)" } ?? "nothing")")
        if let celsius {
            (expected, isLocal) = ([celsius], false)
        } else if !isLocal {
            // Who takes a wish back takes back no one else's. Where the gateway never heard of the wish, that is what was
            // set in the building before.
            expected = Set([Self.configured, setInTheBuilding].compactMap(\.self))
        }
    }

    private func setLocally() {
        let celsius = Double(dice.number(16...26)) + 0.5
        keeper.rooms.set(Setpoint(celsius: celsius, source: .localOperator, since: time.calendar), of: Self.slug)
        log.note("set in the building: \(celsius)")
        (expected, isLocal, setInTheBuilding) = ([celsius], true, celsius)
    }

    private func restart() throws {
        try keeper.save(path: configuration.control.statePath)
        (keeper, service) = Self.gateway(configuration, network, time, token)
        (asking, reporting) = (DesiredStateService.Course(), DesiredStateService.ReportCourse())
        log.note("the gateway started again")
    }

    private func exchange() async throws {
        let next = await service.ask(&asking)
        let again = await service.report(&reporting)
        time.advance(to: max(next, again))
    }

    private func judge() async throws {
        guard let setpoint = try await store.setpoint(ofRoom: room, visible: .everything),
            let reported = setpoint.reported,
            let present = keeper.rooms.setpoint(of: Self.slug)
        else { throw Violation("nothing was reported") }
        guard expected.contains(present.celsius) else {
            throw Violation("\(present.celsius) °C holds, \(expected) °C was set last")
        }
        guard reported.celsius == present.celsius, reported.version == setpoint.newest?.version ?? 0 else {
            throw Violation("reported: \(reported), holding: \(present), wished: \(setpoint.newest as Any)")
        }
    }
}
