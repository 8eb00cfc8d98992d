import Building
import ClimateControl

/// A controller that Hearth is compared with. It uses the median of the five sensors, averaged over two minutes, and
/// decides once a minute, in whole percent, as any sensible implementation would.
struct RivalController: Sendable {
    static let periodSeconds = 60
    private static let averagingSeconds = 120.0
    private static let hysteresisKelvin = 0.25

    private var latest: [Double?]
    private var average: Double?
    private var law: Law
    private(set) var level = 0

    private enum Law: Sendable {
        case proportionalIntegral(ProportionalIntegral)
        case onOff
    }

    /// Creates a controller.
    ///
    /// - Parameter tuning: `nil` for a thermostat.
    init(tuning: PITuning?, sensors: Int) {
        law = tuning.map { .proportionalIntegral(ProportionalIntegral($0)) } ?? .onOff
        latest = Array(repeating: nil, count: sensors)
    }

    mutating func observe(sensor index: Int, celsius: Double) {
        latest[index] = celsius
    }

    /// The median of the sensors' latest reports, in °C; `nil` before the first.
    var celsius: Double? {
        let known = latest.compactMap { $0 }.sorted()
        guard !known.isEmpty else { return nil }
        return (known[(known.count - 1) / 2] + known[known.count / 2]) / 2
    }

    /// Advances the controller. It must be called at each second that is a multiple of `stepSeconds`.
    mutating func step(second: Int, stepSeconds: Int, setpointCelsius: Double) {
        guard let celsius else { return }
        let weight = Double(stepSeconds) / (Double(stepSeconds) + Self.averagingSeconds)
        let smooth = average.map { $0 + weight * (celsius - $0) } ?? celsius
        average = smooth
        guard second.isMultiple(of: Self.periodSeconds) else { return }
        let error = setpointCelsius - smooth
        switch law {
        case .proportionalIntegral(var controller):
            level = Int(controller.output(errorKelvin: error, seconds: Double(Self.periodSeconds)).rounded())
            law = .proportionalIntegral(controller)
        case .onOff:
            if error > Self.hysteresisKelvin { level = 100 } else if error < -Self.hysteresisKelvin { level = 0 }
        }
    }
}
