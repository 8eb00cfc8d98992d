import APISupport
import AssistantTools
import Building
import ChatAPI
import CivilTime
import EdgeConfiguration
import EdgeGateway
import Foundation
import HTTPTypes
import Hummingbird
import Ingest
import JSON
import Logging
import RestAPI
import Rig
import Storage
import WireFormat

/// Something that reads what comes from outside.
struct Reader {
    let name: String
    let corpus: [[UInt8]]
    var longest = 64 << 10
    /// Reads an input.
    ///
    /// - Throws: where it is refused, as most are.
    let read: @Sendable (_ input: [UInt8], _ number: Int) async throws -> Void

    /// A reader found something that is never to be, and did not trap.
    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    static func all() throws -> [Reader] {
        [
            batch, losses, reports, hellos, inventory, fileLinks, queries, temperatures, setpoints, localSetpoints,
            payloads, try desiredState(), reasons, json,
        ]
    }

    private static let calendar = LocalCalendar(zoneNamed: "Europe/Berlin")!
    private static let now = Timestamp(millisecondsSince1970: 1_790_000_000_000)

    private static func decode<Message: Decodable>(_ type: Message.Type, _ input: [UInt8]) throws -> Message {
        try JSONDecoder().decode(type, from: Data(input))
    }

    // MARK: The uplink

    private static let batch: Reader = {
        var dice = SeededRandom(seed: 1)
        let packed = (1...12).map { SampleBatch.make(rows: $0 * $0 * 3, &dice).encode() }
        // Without the compression, so that mutations reach what is in it.
        let bodies = packed.compactMap { try? Zstandard.decompress($0[4...], limit: 1 << 20) }
        return Reader(name: "batch", corpus: bodies + packed) { input, number in
            let isPacked = input.starts(with: "HRB1".utf8)
            let bytes = isPacked ? input : Array("HRB1".utf8) + Zstandard.compress(input, level: 1)
            if let need = try ReadingBatch.memory(of: bytes) { _ = need.decodingBytes + need.decodedBytes }
            let batch = try ReadingBatch.decode(bytes)
            _ = (ReadingNumber(clamping: batch.numbers.lowerBound), ReadingNumber(clamping: batch.numbers.upperBound))
            guard try ReadingBatch.decode(batch.encode()) == batch else {
                throw Broken(description: "a batch is not what it was when it is written and read again")
            }
        }
    }()

    private static let losses = Reader(
        name: "losses",
        corpus: texts(
            #"{"losses":[{"first":5,"end":7,"reason":"buffer_full"},{"first":9,"reason":"corrupt"}]}"#,
            #"{"losses":[{"first":1,"end":9007199254740992,"reason":"operator"},{"first":1,"end":9007199254740992,"reason":"operator"}]}"#,
            #"{"losses":[]}"#)
    ) { input, _ in
        let losses = try StoreMessageCheck.losses(try decode(LossDeclaration.self, input))
        _ = StoreMessageCheck.count(of: losses)
    }

    private static let reports = Reader(
        name: "reports",
        corpus: texts(
            #"{"numbered":10,"waiting":[[2,5],[7,11]],"rejected":{"not_json":3,"bad_topic":1},"broker_dropped":2}"#,
            #"{"numbered":0,"waiting":[],"rejected":{},"broker_dropped":0}"#)
    ) { input, _ in
        let report = try StoreMessageCheck.report(try decode(StoreReport.self, input))
        _ = report.waiting.map(\.saturatingCount).saturatingSum()
        _ = Array(report.rejected.values).saturatingSum().addingSaturating(report.brokerDropped)
    }

    private static let hellos = Reader(
        name: "hellos",
        corpus: texts(#"{"opening_history":["0B1C52E3-92D4-4D4A-8C55-4E7D2C1B6A01"],"next_number":12}"#)
    ) { input, _ in
        _ = try StoreMessageCheck.openingHistory(try decode(StoreHandshake.self, input))
    }

    private static let inventory = Reader(
        name: "inventory",
        corpus: texts(
            #"{"building":{"slug":"grand","name":"Grand Hotel","kind":"hotel","time_zone":"Europe/Berlin"},"floors":[{"slug":"1","name":"First","level":1,"rooms":[{"slug":"room-101","name":"101","devices":[{"id":"s","class":"iaq","name":"n","subsystem":"ac"}]}]}],"devices":[{"id":"m","class":"power_meter"}]}"#
        )
    ) { input, _ in
        _ = try InventoryReader.read(input)
    }

    // MARK: Callers

    private static let fileLinks = Reader(
        name: "file links",
        corpus: texts(
            "energy.1.1764111600000.1764198000000.1day.ac-lighting.1764201600." + String(repeating: "0f", count: 32),
            "energy.1.1764111600000.1764198000000.15min.plug_load.1764201600",
            "energy.1.0.1.1day.ac.9223372036854775807.00"), longest: 4096
    ) { input, _ in
        let text = String(decoding: input, as: UTF8.self)
        let link = SignedText(text)
        // Also what nobody signed.
        let requests = [text, link?.text].compactMap(\.self).compactMap(EnergyFileRequest.init(text:))
        guard !requests.isEmpty else { throw RefusedInput() }
    }

    /// The request line as it comes from the decoder of HTTP.
    private static func request(_ path: String, type: String? = nil, body: [UInt8] = []) -> Request {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path)
        head.headerFields[.contentType] = type
        return Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
    }

    /// What can stand in a request line.
    private static func line(_ input: [UInt8]) -> String {
        String(decoding: input.filter { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }

    private static let known: Set<String> = [
        "a", "start_time", "end_time", "limit", "cursor", "datapoint", "interval", "statistic", "device_id", "value",
    ]

    private static let queries = Reader(
        name: "queries",
        corpus: texts(
            "datapoint=temperature&start_time=2024-12-24T18:00:00+01:00&end_time=1735257600&interval=15min&limit=100",
            "datapoint=co2&interval=raw&cursor=1735257600000000.3&statistic=last&device_id=grand/room-101/s",
            "start=2023-02-01&end=2023-02-28&meter=both&aggregation=raw&page=1&per_page=10000&include=stats,cost",
            "a=%2B+%20+01:00&a=1&limit=1000&cursor=2147483647", "value=295.15e0&a=" + String(repeating: "+", count: 300)
        ),
        longest: 8192
    ) { input, _ in
        let path = "/x?" + line(input)
        let query = try? QueryParameters(request(path), known: known, repeatable: ["a"])
        for name in known {
            for text in query?.texts(name) ?? [] {
                _ = QueryParameters.number(text)
                _ = QueryParameters.integer(text)
                _ = TimeParameter.moment(text, in: calendar)
                _ = NetworkAddress(text)
                _ = AddressRange(text)
            }
            _ = query?.list(name)
            _ = try? query?.integer(name, in: 0...Int.max)
        }
        _ = try? MeterReadingsRequest(request(path))
        _ = try HistoryParameters(request(path)).range(in: calendar, now: now)
    }

    private static let temperatures = Reader(
        name: "temperatures",
        corpus: texts(
            "building_id=1&room_id=1&value=295.15&timestamp=2024-12-24T18:00:00+01:00&unit=kelvin&sensor_type_id=1",
            "building_id=1&room_id=1&value=21&unit=celsius&timestamp=1735257600",
            #"{"building_id":1,"room_id":1,"value":295.15,"sensor_type_id":1,"timestamp":1735257600.5}"#,
            #"{"building_id":1,"room_id":1,"value":21,"unit":"celsius","timestamp":"2024-12-24 18:00"}"#), longest: 8192
    ) { input, _ in
        let isJSON = input.first == UInt8(ascii: "{")
        let request =
            isJSON
            ? request("/temperature", type: "application/json", body: input) : request("/temperature?" + line(input))
        _ = try await TemperatureMessage(request).time(in: calendar)
    }

    private static let setpoints = Reader(
        name: "set-points",
        corpus: texts(
            #"{"celsius":23,"until":"2026-11-21T22:00"}"#, #"{"celsius":23.5,"until":1795298400}"#,
            #"{"celsius":18,"until":null}"#), longest: 16 << 10
    ) { input, _ in
        let body = try await SetpointBody(
            request("/rooms/1/setpoint/", type: "application/json", body: input))
        _ = try body.until(in: calendar)
    }

    // MARK: The gateway

    private static let localSetpoints = Reader(
        name: "local set-points",
        corpus: texts(
            #"{"celsius":22.5}"#, #"{"celsius":23,"mode":"boost","until":"2026-11-21T22:00","who":"Anna"}"#,
            #"{"mode":"eco","until":1795298400,"who":"á́́́b"}"#, #"{"celsius":null}"#), longest: 8192
    ) { input, _ in
        let payload = try SetpointPayload.decode(input, size: input.count, in: calendar)
        _ = payload.until.map { $0.millisecondsSince1970 - now.millisecondsSince1970 }
        _ = ControlPayload.level(input)
        _ = ControlPayload.storage(input)
    }

    private static let topics = [
        "/readings/room-101/iaq", "/readings/room-101/temperature", "/readings/building/power_meter",
        "/readings/room-101/unheard_of", "/readings/room-101/life_being", "/setpoints/room-101",
        "/readings/ä/temperature",
    ]

    private static let payloads = Reader(
        name: "payloads",
        corpus: texts(
            #"{"sensorID":"sensor-1","type":"temperature","value":25.3}"#,
            #"{"device_id":"iaq_sensor_Room101","timestamp":1735257600,"datetime":"2024-12-27 00:00:00.00","datapoints":{"temperature":24.5,"humidity":55.0,"co2":488.8}}"#,
            #"{"deviceID":"d","timestamp":"2024-12-27T00:00:00.25+01:00","datapoints":{"presence_state":"occupied","sensitivity":"100","online_status":true}}"#,
            #"{"sensorID":"s","type":"temperature","value":"77","unit":"°F","timestamp":1735257600000}"#)
    ) { input, number in
        let decoder = ReadingDecoder(calendar: calendar)
        let decoded = decoder.decode(
            topic: topics[number % topics.count], payload: input, size: input.count, receivedAt: now, clockTrusted: true
        )
        var series: [SeriesKey] = []
        let rows = decoded.readings.map { reading in
            series.append(reading.series)
            return ReadingBatch.Row(
                seriesIndex: series.count - 1, eventTime: reading.eventTime, receivedTime: reading.receivedTime,
                clockTrusted: true, quality: reading.quality, value: reading.value)
        }
        guard !rows.isEmpty else { throw RefusedInput() }
        // What is taken can be sent.
        let batch = ReadingBatch(store: StoreID(), firstNumber: 1, series: series, rows: rows)
        guard try ReadingBatch.decode(batch.encode()) == batch else {
            throw Broken(description: "a reading that was taken cannot be sent")
        }
    }

    /// What the central service answers, as the gateway takes it.
    private static func desiredState() throws -> Reader {
        let configuration = try EdgeConfiguration.load(
            path: Checkout.file("config/edge-one-room.yaml"), overrides: [])
        let clock = GatewayClock(
            monotonic: { MonotonicInstant(sinceOrigin: .seconds(30)) }, calendar: { now }, boot: "fuzz")
        let keeper = DesiredStateKeeper(
            configuration: configuration, clock: clock,
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        return Reader(
            name: "desired state",
            corpus: texts(
                #"{"version":4,"desired":[{"version":4,"room":"room-1","celsius":23,"source":"guest","who":"guest","until":1790003600000,"created":1790000000000}]}"#,
                #"{"version":5,"desired":[{"version":5,"room":"room-1","source":"central","who":"operator ops","created":1790000000000}]}"#,
                #"{"version":9007199254740992,"desired":[{"version":9007199254740992,"device":"battery-1","mode":"charging","watts":3000,"source":"central","who":"x","until":9223372036854775807,"created":-9223372036854775808}]}"#
            )
        ) { input, _ in
            keeper.take(try decode(DesiredStateList.self, input))
            _ = keeper.reportedStates()
        }
    }

    // MARK: What several use

    private static let reasons = Reader(
        name: "reasons",
        corpus: texts(
            "heating below=1.2 setpoint=22", "closed above=2.5 target=19 cause=eco_absence absent=31min",
            "heating below=0.4 target=21 cause=preheating start=06:30 estimated=yes", "window_open since=14:02",
            "impossible_reading celsius=41 above=19 outdoor=-12", "at_most celsius=24.5", "overridden"), longest: 1024
    ) { input, _ in
        let text = String(decoding: input, as: UTF8.self)
        guard let reason = ControlReason(text: text) else { throw RefusedInput() }
        let words = ControlReasonWording.all.map { $0.words(for: reason) }
        guard reason.text == text, !words.contains(text) else {
            throw Broken(description: "a reason that was read has another text, or no words")
        }
    }

    private static let json = Reader(
        name: "json",
        corpus: texts(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_room","arguments":{"a":[1,-2.5e3,null,true,"\u00e9\ud83d\ude00"]}}}"#,
            String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
    ) { input, _ in
        // A whole number may come back as another kind of number: what is written must be the same.
        let bytes = try JSON(parsing: input).bytes
        guard try JSON(parsing: bytes).bytes == bytes else {
            throw Broken(description: "JSON is not what it was when it is written and read again")
        }
    }

    private static func texts(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}

/// An input that is refused, as most are.
struct RefusedInput: Error {}

enum SampleBatch {
    static func make(rows count: Int, _ dice: inout SeededRandom) -> ReadingBatch {
        let datapoints = [Datapoint.temperature, .humidity, .co2, .presenceState, .powerKilowatts]
        let series = (0..<8).map { index in
            SeriesKey(
                room: Slug("room-\(index % 3)")!, device: "sensor-\(index)", deviceClass: index % 2 == 0 ? .iaq : nil,
                datapoint: datapoints[index % datapoints.count])
        }
        var received: Int64 = 1_790_000_000_000
        let rows = (0..<count).map { index in
            received += Int64(dice.number(-5...2000))
            let value: ReadingValue =
                switch dice.number(0...5) {
                case 0: .text("occupied")
                case 1: .number(Double(dice.number(-9999...9999)) * 1e-12)
                default: .number(Double(dice.number(-400...4000)) / 10)
                }
            return ReadingBatch.Row(
                seriesIndex: index % series.count,
                eventTime: Timestamp(millisecondsSince1970: dice.chance(50) ? received : received - 5000),
                receivedTime: Timestamp(millisecondsSince1970: received), clockTrusted: dice.chance(90), quality: .good,
                value: value)
        }
        return ReadingBatch(store: StoreID(), firstNumber: 17, series: series, rows: rows)
    }
}
