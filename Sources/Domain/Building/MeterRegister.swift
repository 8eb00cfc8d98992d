/// A register of a smart meter that counts the energy of each interval, by its OBIS code (IEC 62056-61).
///
/// The raw value is the code in its usual notation, `1-0:1.29.0`: medium electricity, channel 0, measured quantity,
/// time integral of the present recording interval, no tariff.
package enum MeterRegister: String, Sendable, Hashable, CaseIterable {
    /// Active energy drawn from the grid.
    case gridImport = "1-0:1.29.0"
    /// Active energy delivered to the grid. Readers of the first interface took it for reactive energy, hence the name
    /// of its measurement type.
    case gridExport = "1-0:2.29.0"

    /// Creates the register with a hexadecimal code; `nil` if it is not known.
    ///
    /// - Parameter code: The six value groups as hexadecimal digits, as meters' interfaces send them: `0100011D00FF`.
    package init?(hexadecimal code: some StringProtocol) {
        switch code.uppercased() {
        case "0100011D00FF": self = .gridImport
        case "0100021D00FF": self = .gridExport
        default: return nil
        }
    }

    /// The name under which interfaces request a register.
    package enum MeasurementType: String, Sendable, Hashable, CaseIterable {
        case active
        case reactive
    }

    /// The direction of the energy, seen from the building.
    package enum Direction: String, Sendable, Hashable, CaseIterable {
        case `import`
        case export
    }

    /// The name under which interfaces request this register.
    package var measurementType: MeasurementType {
        switch self {
        case .gridImport: .active
        case .gridExport: .reactive
        }
    }

    /// The direction in which the register counts.
    package var direction: Direction {
        switch self {
        case .gridImport: .import
        case .gridExport: .export
        }
    }
}
