import Building
import DatabaseRig
import Foundation
import HTTPClient
import Rig
import ServiceRig
import Testing
import WireFormat

@Suite(.withDatabaseServer, .database) struct StoreEndpointTests {
    static let one: [(String, String, DeviceClass?, Datapoint, ReadingValue)] = [
        ("room-101", "sensor-1", .temperatureSensor, .temperature, .number(21))
    ]

    struct Gateway {
        let service: CentralProcess
        let token: String

        func tell(
            _ method: HTTPRequest.Method, _ path: String, _ body: String, opening: String? = nil
        ) async throws -> CentralProcess.Answer {
            try await service.call(
                path, method: method, token: token, type: "application/json", body: Array(body.utf8),
                headers: opening.map { [(UplinkPath.incarnationHeader, $0)] } ?? [])
        }

        func tell(
            _ method: HTTPRequest.Method, _ path: String, _ message: some Encodable, opening: String? = nil
        ) async throws -> CentralProcess.Answer {
            try await tell(
                method, path, String(decoding: try JSONEncoder().encode(message), as: UTF8.self), opening: opening)
        }
    }

    func gateway(_ service: CentralProcess, _ building: String) async throws -> Gateway {
        Gateway(service: service, token: try await CentralProcess.token("gateway", "--building", building))
    }

    @Test func `hears a gateway from hello to audit`() async throws {
        let service = try await CentralProcess()
        let gateway = try await gateway(service, "heard")
        let (store, opening) = (StoreID(), UUID().uuidString.lowercased())
        let handshake = StoreHandshake(openingHistory: [opening], nextNumber: 1)
        #expect(try await gateway.tell(.put, UplinkPath.store(store), handshake).status == 204)
        let batch = batch(Self.one, store: store)
        let sent = try await service.send(batch, token: gateway.token, opening: opening)
        #expect(sent.status == 200, "\(sent.text)")
        let report = StoreReport(
            numbered: 10, waiting: [[2, 5], [7, 11]], rejected: ["not_json": 3, "bad_topic": 1], brokerDropped: 2)
        #expect(try await gateway.tell(.put, UplinkPath.report(of: store), report, opening: opening).status == 204)
        let short = try await CentralProcess.command("audit", "--gateway", "heard")
        #expect(short.status == 1)
        #expect(short.output.contains("missing         2 (5–6)"), "\(short.output)")
        #expect(short.output.contains("DOES NOT BALANCE: 2 numbered readings are neither"))
        let losses = LossDeclaration(losses: [.init(first: 5, end: 7, reason: "buffer_full")])
        #expect(try await gateway.tell(.post, UplinkPath.losses(of: store), losses, opening: opening).status == 204)
        let whole = try await CentralProcess.command("audit", "--gateway", "heard")
        #expect(whole.status == 0, "\(whole.output)")
        for part in [
            "heard  store \(store)", "numbered        10", "stored          1", "lost            2 (buffer_full 2)",
            "waiting         7", "missing         0", "rejected        4 (bad_topic 1, not_json 3)",
            "broker dropped  2", "everything balances (stores: 1)",
        ] {
            #expect(whole.output.contains(part), "\(part) in \(whole.output)")
        }
        for name in ["last contact", "last report"] {
            let line = try #require(whole.output.split(separator: "\n").first { $0.hasPrefix("  \(name) ") })
            let time = try Date(String(line.split(separator: " ").last!), strategy: .iso8601)
            #expect(abs(time.timeIntervalSinceNow) < 600, "\(line)")
        }
        #expect(try await CentralProcess.command("audit", "--gateway", "heard").output == whole.output)
        let json = try await CentralProcess.command("audit", "--gateway", "heard", "--json")
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(document?["balances"] as? Bool == true)
        let entry = (document?["stores"] as? [[String: Any]])?.first
        #expect(entry?["broker_dropped"] as? Int == 2)
        #expect(entry?["lost"] as? [String: Int] == ["buffer_full": 2])
        let unknown = try await CentralProcess.command("audit", "--gateway", "nowhere")
        #expect(unknown.status == 1)
        #expect(unknown.output.contains("There is no building “nowhere”."))
        await service.process.terminate()
    }

    @Test func `refuses a copied store on every path, and says what to do`() async throws {
        let service = try await CentralProcess()
        let gateway = try await gateway(service, "copied")
        let (store, opening, copy) = (StoreID(), UUID().uuidString, UUID().uuidString)
        let handshake = StoreHandshake(openingHistory: [opening], nextNumber: 1)
        #expect(try await gateway.tell(.put, UplinkPath.store(store), handshake).status == 204)
        let answers = [
            try await gateway.tell(
                .put, UplinkPath.store(store), StoreHandshake(openingHistory: [copy], nextNumber: 1)),
            try await service.send(batch(Self.one, store: store), token: gateway.token, opening: copy),
            try await gateway.tell(
                .post, UplinkPath.losses(of: store),
                LossDeclaration(losses: [.init(first: 1, end: 2, reason: "operator")]), opening: copy),
            try await gateway.tell(
                .put, UplinkPath.report(of: store),
                StoreReport(numbered: 1, waiting: [], rejected: [:], brokerDropped: 0), opening: copy),
        ]
        for answer in answers {
            #expect(answer.status == 409)
            #expect(answer.code == "store_forked")
            #expect(answer.text.contains("restored from a backup"))
            #expect(answer.text.contains("Give this gateway a new store"))
        }
        let count = try await Replica().rows("SELECT count(*)::text FROM raw_data WHERE device_id LIKE 'copied/%'")
        #expect(count == ["0"])
        await service.process.terminate()
    }

    @Test func `takes nothing that is malformed, too large, another building's or not a gateway's`() async throws {
        let service = try await CentralProcess()
        let gateway = try await gateway(service, "strict")
        let store = StoreID()
        let id = UUID().uuidString
        let handshake = UplinkPath.store(store)
        let (losses, report) = (UplinkPath.losses(of: store), UplinkPath.report(of: store))
        let wrong: [(HTTPRequest.Method, String, String, String)] = [
            (.put, handshake, "", "bad_handshake"),
            (.put, handshake, #"{"opening_history":[],"next_number":1}"#, "bad_handshake"),
            (.put, handshake, #"{"opening_history":["x"],"next_number":1}"#, "bad_handshake"),
            (.put, handshake, #"{"opening_history":["\#(id)"],"next_number":0}"#, "bad_handshake"),
            (.put, handshake, #"{"opening_history":["\#(id)"]}"#, "bad_handshake"),
            (.put, "/uplink/v1/stores/7", #"{"opening_history":["\#(id)"],"next_number":1}"#, "bad_store"),
            (.post, losses, #"{"losses":[{"first":0,"end":5,"reason":"corrupt"}]}"#, "bad_losses"),
            (.post, losses, #"{"losses":[{"first":5,"end":5,"reason":"corrupt"}]}"#, "bad_losses"),
            (.post, losses, #"{"losses":[{"first":1,"end":9223372036854775807,"reason":"corrupt"}]}"#, "bad_losses"),
            (.post, losses, #"{"losses":[{"first":1,"end":5,"reason":"bored"}]}"#, "bad_losses"),
            (.put, report, #"{"numbered":-1,"waiting":[],"rejected":{},"broker_dropped":0}"#, "bad_report"),
            (.put, report, #"{"numbered":9,"waiting":[[1]],"rejected":{},"broker_dropped":0}"#, "bad_report"),
            (.put, report, #"{"numbered":9,"waiting":[[3,2]],"rejected":{},"broker_dropped":0}"#, "bad_report"),
            (.put, report, #"{"numbered":9,"waiting":[],"rejected":{"x":-1},"broker_dropped":0}"#, "bad_report"),
            (.put, report, #"{"numbered":9,"waiting":[],"rejected":{"x\u0000":1},"broker_dropped":0}"#, "bad_report"),
            (.put, report, #"{"numbered":9,"waiting":[],"rejected":{}}"#, "bad_report"),
        ]
        for (method, path, body, code) in wrong {
            let answer = try await gateway.tell(method, path, body)
            #expect(answer.status == 400, "\(body)")
            #expect(answer.code == code, "\(body)")
        }
        let good = StoreHandshake(openingHistory: [id], nextNumber: 1)
        let odd = try await gateway.tell(
            .put, report, StoreReport(numbered: 0, waiting: [], rejected: [:], brokerDropped: 0), opening: "x")
        #expect(odd.code == "bad_incarnation")
        let large = try await gateway.tell(.put, handshake, String(repeating: " ", count: (4 << 20) + 1))
        #expect(large.status == 413)
        #expect(try await service.call(handshake, method: .put, token: gateway.token, type: "text/plain").status == 415)
        #expect(try await service.call(handshake, method: .put, type: "application/json").status == 401)
        let operating = Gateway(
            service: service, token: try await CentralProcess.token("operator", "--name", "strict"))
        #expect(try await operating.tell(.put, handshake, good).status == 403)
        #expect(try await gateway.tell(.put, handshake, good).status == 204)
        let neighbour = try await self.gateway(service, "strict-neighbour")
        let answers = [
            try await neighbour.tell(.put, handshake, good),
            try await neighbour.tell(.post, losses, LossDeclaration(losses: [])),
            try await neighbour.tell(
                .put, report, StoreReport(numbered: 0, waiting: [], rejected: [:], brokerDropped: 0)),
        ]
        for answer in answers {
            #expect(answer.status == 409)
            #expect(answer.code == "foreign_store")
        }
        await service.process.terminate()
    }
}
