import Building
import Testing

@Suite struct MeterRegisterTests {
    @Test(arguments: [
        ("0100011D00FF", "1-0:1.29.0", "active", "import"), ("0100021d00ff", "1-0:2.29.0", "reactive", "export"),
    ])
    func `knows the registers by their codes`(code: String, obis: String, type: String, direction: String) throws {
        let register = try #require(MeterRegister(hexadecimal: code))
        #expect(register.rawValue == obis)
        #expect(register.measurementType.rawValue == type)
        #expect(register.direction.rawValue == direction)
        // A counter that never goes back is no energy of an interval.
        #expect(MeterRegister(hexadecimal: "0100010800FF") == nil)
    }
}
