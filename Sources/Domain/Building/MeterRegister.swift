/// A register of a smart meter that counts the energy of each interval, by its OBIS code (IEC 62056-61).
///
/// The value is the code as people write it, `1-0:1.29.0`: medium electricity, channel 0, what is measured, the time
/// integral of the present recording interval, no tariff.
package enum MeterRegister: String, Sendable, Hashable, CaseIterable {
    /// Active energy drawn from the grid.
    case gridImport = "1-0:1.29.0"
    /// Active energy delivered to the grid. Readers of the first interface took it for reactive energy, which is why
    /// its measurement type is called so.
    case gridExport = "1-0:2.29.0"

    /// - Parameter code: the six value groups as hexadecimal digits, as meters' interfaces send them: `0100011D00FF`.
    package init?(hexadecimal code: some StringProtocol) {
        switch code.uppercased() {
        case "0100011D00FF": self = .gridImport
        case "0100021D00FF": self = .gridExport
        default: return nil
        }
    }

    /// The name under which interfaces ask for it.
    package enum MeasurementType: String, Sendable, Hashable, CaseIterable {
        case active
        case reactive
    }

    package enum Direction: String, Sendable, Hashable, CaseIterable {
        case `import`
        case export
    }

    package var measurementType: MeasurementType {
        switch self {
        case .gridImport: .active
        case .gridExport: .reactive
        }
    }

    package var direction: Direction {
        switch self {
        case .gridImport: .import
        case .gridExport: .export
        }
    }
}
