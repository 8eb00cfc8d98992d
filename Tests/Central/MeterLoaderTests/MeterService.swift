import DatabaseRig
import Foundation
import HTTPClient
import Rig

/// What `GET /meter_readings` answers.
struct MeterAnswer: Decodable {
    struct Row: Decodable {
        var timestamp: String
        var measurementType: String
        var reading: Double
        var quality: String?
        var hour: Int?
        var dayOfWeek: Int?
        var count: Int?
        var avgReading: Double?
        var minReading: Double?
        var maxReading: Double?
        var obis: String
        var direction: String
        var meterId: String?
    }
    struct Pagination: Decodable, Equatable {
        var page: Int
        var perPage: Int
        var totalCount: Int
        var totalPages: Int
        var hasNext: Bool
        var hasPrev: Bool
    }
    struct Stats: Decodable {
        var count: Int
        var total: Double
        var average: Double
        var minimum: Double
        var maximum: Double
        var first: String
        var last: String
    }
    struct Pattern: Decodable {
        var hour: Int?
        var dayOfWeek: Int?
        var active: Double?
        var reactive: Double?
    }
    struct Cost: Decodable {
        var currency: String
        var totalKwh: Double
        var peakKwh: Double
        var offPeakKwh: Double
        var totalCost: Double
        var peakCost: Double
        var offPeakCost: Double
    }
    var data: [Row]
    var pagination: Pagination
    var pricing: [String: PricingValue]
    var stats: [String: Stats?]?
    var hourlyPattern: [Pattern]?
    var dailyPattern: [Pattern]?
    var heatmap: [[Double?]]?
    var costBreakdown: Cost?
}

enum PricingValue: Decodable, Equatable {
    case number(Double)
    case text(String)
    case list([Int])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try container.decode([Int].self))
        }
    }
}

/// The program on the suite's database, and an operator.
final class MeterService: Sendable {
    let process: ManagedProcess
    let url: String
    let token: String
    private let transfer: HTTPClient

    init(_ settings: [String] = []) async throws {
        let port = LoopbackPort.free()
        url = "http://127.0.0.1:\(port)"
        process = try ManagedProcess(
            Executables.path("hearth-central"),
            ["serve", "--set", "http.port=\(port)"] + settings.flatMap { ["--set", $0] },
            environment: ["DATABASE_URL": TestDatabase.url])
        try await process.waitFor(output: "Database ready")
        token = try await Self.command(["operator", "add", "--name", "x"]).split(separator: "\n").map(String.init)
            .last!
        var limits = HTTPClient.Settings()
        limits.largestAnswer = 64 << 20
        transfer = HTTPClient(settings: limits)
    }

    static func command(_ arguments: [String]) async throws -> String {
        let result = try await ManagedProcess.run(
            Executables.path("hearth-central"), arguments, environment: ["DATABASE_URL": TestDatabase.url])
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func call(_ path: String, token: String? = nil) async throws -> (status: Int, body: Data) {
        let answer = try await transfer.perform(
            HTTPRequest(
                method: .get, url: url + path,
                headers: [(name: "Authorization", value: "Bearer \(token ?? self.token)")]))
        return (answer.status, Data(answer.body))
    }

    func readings(_ query: String) async throws -> MeterAnswer {
        let answer = try await call("/meter_readings?" + query)
        guard answer.status == 200 else {
            throw ManagedProcess.DidNotHappen(description: String(decoding: answer.body, as: UTF8.self))
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(MeterAnswer.self, from: answer.body)
    }
}
