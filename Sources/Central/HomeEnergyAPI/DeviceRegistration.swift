internal import GraphQL
internal import Storage

/// A validated registration of a device.
struct DeviceRegistration {
    var name: String
    var description: String?
    var kind: HomeDevice.Kind

    /// The largest rating in W or Wh; no home has a device of a gigawatt.
    private static let greatest = 1e9
    private static let longestName = 100
    private static let longestDescription = 1000

    /// The reasons a device can't be registered: everything that is wrong with it.
    struct Refusal: Error {
        var errors: [String]
    }

    /// Validates an input.
    ///
    /// - Parameter input: A `RegisterDeviceInput`.
    init(_ input: Value.Fields) throws(Refusal) {
        var check = Check()
        let name = check.line(input["name"]?.text ?? "")
        let description = input["description"]?.text
        if let description, description.unicodeScalars.count > Self.longestDescription || description.contains("\0") {
            check.errors.append("description: at most \(Self.longestDescription) characters, and no NUL.")
        }
        let type = HomeDevice.Kind.Name(input["deviceType"]) ?? .appliance
        let kind = check.kind(type, input["properties"]?.fields ?? .init())
        guard let kind, check.errors.isEmpty else { throw Refusal(errors: check.errors) }
        self.name = name
        self.description = description
        self.kind = kind
    }

    /// The name its readings come under: `Solar roof` becomes `solar-roof`.
    var sender: String {
        var text = ""
        for character in name.lowercased() {
            if character.isASCII, character.isLetter || character.isNumber || character == "_" {
                text.append(character)
            } else if !text.isEmpty, text.last != "-" {
                text.append("-")
            }
        }
        while text.last == "-" { text.removeLast() }
        while text.first == "_" { text.removeFirst() }
        return text.isEmpty ? kind.name.rawValue : String(text.prefix(50))
    }

    private struct Check {
        var errors: [String] = []

        mutating func line(_ text: String) -> String {
            let isBlank: (Character) -> Bool = { $0.isWhitespace }
            var line = Substring(text).drop(while: isBlank)
            while let last = line.last, isBlank(last) { line.removeLast() }
            if line.isEmpty { errors.append("name: must not be empty.") }
            if line.unicodeScalars.count > DeviceRegistration.longestName {
                errors.append("name: at most \(DeviceRegistration.longestName) characters.")
            }
            if line.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
                errors.append("name: must be one line without control characters.")
            }
            return String(line)
        }

        mutating func kind(_ type: HomeDevice.Kind.Name, _ properties: Value.Fields) -> HomeDevice.Kind? {
            let wanted = Self.member(of: type)
            for entry in properties.entries where entry.key != wanted && !entry.value.isNull {
                errors.append(
                    "properties.\(entry.key): does not apply to \(type.rawValue.uppercased()), which takes \(wanted)."
                )
            }
            guard let values = properties[wanted]?.fields else {
                errors.append("properties.\(wanted): is required.")
                return nil
            }
            switch type {
            case .solarPanel:
                return .solarPanel(ratedWatts: positive("ratedCapacityWatts", wanted, values))
            case .appliance:
                return .appliance(averageWatts: positive("averagePowerDrawWatts", wanted, values))
            case .battery: return .battery(limits("capacityWh", wanted, values))
            case .electricVehicle:
                let limits = limits("batteryCapacityWh", wanted, values)
                let charge = values["currentChargeWh"]?.number
                if let charge, !(0...max(limits.capacityWattHours, 0)).contains(charge) {
                    errors.append("properties.\(wanted).currentChargeWh: must be from 0 to batteryCapacityWh.")
                }
                return .electricVehicle(limits, chargeWattHours: charge)
            }
        }

        private mutating func limits(_ capacity: String, _ place: String, _ values: Value.Fields) -> StorageLimits {
            StorageLimits(
                capacityWattHours: positive(capacity, place, values),
                chargeWatts: positive("maxChargeRateWatts", place, values),
                dischargeWatts: positive("maxDischargeRateWatts", place, values))
        }

        private mutating func positive(_ name: String, _ place: String, _ values: Value.Fields) -> Double {
            let number = values[name]?.number ?? 0
            if !(number > 0 && number <= DeviceRegistration.greatest) {
                errors.append("properties.\(place).\(name): must be above 0 and at most 1000000000.")
            }
            return number
        }

        private static func member(of type: HomeDevice.Kind.Name) -> String {
            switch type {
            case .solarPanel: "solarPanel"
            case .battery: "battery"
            case .electricVehicle: "electricVehicle"
            case .appliance: "appliance"
            }
        }
    }
}
