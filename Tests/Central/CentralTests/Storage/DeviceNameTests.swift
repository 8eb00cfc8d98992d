import DatabaseRig
import Rig
import ServiceRig
import Testing

/// How long the names and descriptions of a home's devices may be.
@Suite(.withDatabaseServer, .database, .serialized) struct DeviceNameTests {
    @Test func `names have 1 to 100 characters, descriptions at most 1000`() async throws {
        let scene = try await HomeScene("names")
        func errors(_ name: String, _ description: String = "") async throws -> String {
            try await scene.text(
                """
                mutation { registerDevice(input: {name: "\(name)", description: "\(description)", deviceType: APPLIANCE,
                  properties: {appliance: {averagePowerDrawWatts: 1}} }) { success errors } }
                """, as: scene.owner)
        }
        let long = String(repeating: "n", count: 100)
        #expect(try await errors(long).contains(#""success":true"#))
        #expect(try await errors(long + "n").contains("name: at most 100 characters."))
        #expect(try await errors("").contains(#""success":false"#))
        let told = String(repeating: "d", count: 1000)
        #expect(try await errors("Lamp", told).contains(#""success":true"#))
        #expect(try await errors("Lamp 2", told + "d").contains("description: at most 1000 characters"))
        await scene.service.process.terminate()
    }
}
