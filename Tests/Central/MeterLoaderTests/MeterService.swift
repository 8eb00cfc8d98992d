import Foundation
import Rig
import ServiceRig

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

/// A central service on the suite's database, and an operator.
struct MeterService {
    let central: CentralProcess
    let token: String

    init(_ settings: [String] = [], configuration: String? = nil) async throws {
        central = try await CentralProcess(settings: settings, configuration: configuration)
        token = try await CentralProcess.token("operator", "--name", "x")
    }

    static func command(_ arguments: [String]) async throws -> String {
        let result = try await CentralProcess.command(arguments)
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
        return result.output
    }

    func call(_ path: String, token: String? = nil) async throws -> CentralProcess.Answer {
        try await central.call(path, token: token ?? self.token)
    }

    func readings(_ query: String) async throws -> MeterAnswer {
        let answer = try await call("/meter_readings?" + query)
        guard answer.status == 200 else { throw ManagedProcess.DidNotHappen(description: answer.text) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(MeterAnswer.self, from: Data(answer.body))
    }
}
