import Building
import CivilTime
import Foundation
import Testing
import WireFormat

@Suite struct SetpointPayloadTests {
    private static func decode(_ text: String) throws(RejectionReason) -> SetpointPayload {
        try SetpointPayload.decode(
            Array(text.utf8), size: text.utf8.count, in: LocalCalendar(zoneNamed: "Europe/Berlin")!)
    }

    private static let evening = Timestamp(millisecondsSince1970: 1_768_252_500_000)  // 2026-01-12T22:15:00+01:00

    @Test(arguments: [
        (#"{"celsius":22.5}"#, SetpointPayload(temperature: .celsius(22.5))),
        (#"{"celsius":"22.5"}"#, SetpointPayload(temperature: .celsius(22.5))),
        (#"{"celsius":-400}"#, SetpointPayload(temperature: .celsius(-400))),
        (#"{"celsius":null}"#, SetpointPayload(temperature: .configured)),
        (#"{"mode":"off"}"#, SetpointPayload(mode: .off)),
        (#"{"celsius":null,"mode":"auto","colour":"red"}"#, SetpointPayload(temperature: .configured, mode: .auto)),
        (
            #"{"celsius":23,"mode":"boost","until":"2026-01-12 22:15","who":" reception "}"#,
            SetpointPayload(temperature: .celsius(23), mode: .boost, until: Self.evening, who: "reception")
        ),
        (
            #"{"mode":"frost_protection","until":1768252500}"#,
            SetpointPayload(mode: .frostProtection, until: Self.evening)
        ),
        (#"{"mode":"eco","until":"1768252500000"}"#, SetpointPayload(mode: .eco, until: Self.evening)),
        (#"{"mode":"comfort","until":null,"who":""}"#, SetpointPayload(mode: .comfort)),
    ])
    func `reads what people ask for`(text: String, payload: SetpointPayload) throws {
        #expect(try Self.decode(text) == payload)
    }

    @Test(arguments: [
        ("", RejectionReason.notJSON), ("warm", .notJSON), ("22.5", .notASetpoint), ("[]", .notASetpoint),
        ("{}", .notASetpoint), (#"{"until":"2026-01-12T22:15:00Z"}"#, .notASetpoint),
        (#"{"celsius":true}"#, .notASetpoint), (#"{"celsius":"nan"}"#, .notASetpoint),
        (#"{"celsius":{}}"#, .notASetpoint), (#"{"mode":"party"}"#, .notASetpoint), (#"{"mode":3}"#, .notASetpoint),
        (#"{"mode":null}"#, .notASetpoint), (#"{"celsius":22,"until":"soon"}"#, .notASetpoint),
        (#"{"celsius":22,"who":7}"#, .notASetpoint), (#"{"celsius":22,"who":"a\u0000b"}"#, .notASetpoint),
        (#"{"celsius":22,"who":"\#(String(repeating: "x", count: 201))"}"#, .notASetpoint),
        (#"{"celsius":22,"x":"\#(String(repeating: "x", count: 5000))"}"#, .tooLarge),
        (#"{"celsius":22,"celsius":30}"#, .repeatedName), (#"{"celsius":22,"who":"a","\u0077ho":"b"}"#, .repeatedName),
    ])
    func `says why a message asks for nothing`(text: String, reason: RejectionReason) {
        #expect(throws: reason) { try Self.decode(text) }
    }

    @Test(arguments: [
        (#"{"celsius":"warm"}"#, "celsius", "“warm”", "a number"),
        (#"{"celsius":true}"#, "celsius", "true", "a number"),
        (#"{"celsius":[22]}"#, "celsius", "an object or an array", "a number"),
        (#"{"mode":"party"}"#, "mode", "“party”", "auto, comfort, eco, boost, frost_protection, off"),
        (#"{"celsius":22,"until":"soon"}"#, "until", "“soon”", "ISO 8601"),
        (#"{"celsius":22,"who":7}"#, "who", "7", "at most 200 bytes"),
        (#"{"celsius":22,"who":"a\u0007\u202Eb"}"#, "who", #"“a\u{07}\u{202E}b”"#, "without control characters"),
        (#"{"celsius":22,"who":"\#(String(repeating: "x", count: 300))"}"#, "who", "“xxx", "at most 200 bytes"),
    ])
    func `names the member that is to blame, what stands there and what may`(
        text: String, member: String, value: String, allowed: String
    ) {
        let rejection = #expect(throws: SetpointRejection.self) {
            try SetpointPayload.read(Array(text.utf8), size: text.utf8.count, in: .utc)
        }
        #expect(rejection?.reason == .notASetpoint && rejection?.member == member)
        #expect(rejection?.value?.hasPrefix(value) == true, "\(rejection?.value ?? "")")
        #expect((rejection?.value?.utf8.count ?? 0) <= 80)
        #expect(rejection?.allowed?.contains(allowed) == true, "\(rejection?.allowed ?? "")")
    }

    @Test func `says that bytes are no text`() {
        #expect(throws: RejectionReason.notUTF8) {
            try SetpointPayload.decode([0x7B, 0xFF, 0x7D], size: 3, in: .utc)
        }
    }
}
