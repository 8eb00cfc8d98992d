import Foundation
import Rig
import Testing

@Suite struct `hearth-simulate home` {
    @Test func `reports for all devices, obeys set modes, survives its broker, and ends on SIGTERM`() async throws {
        let broker = try await Broker()
        let home = try ManagedProcess(
            Command.executable.path,
            [
                "home", "--mqtt-port", "\(broker.port)", "--interval", "0.5", "--start", "2026-06-21T12:30",
                "--battery-wh", "5000",
            ])
        let observer = Observer(port: broker.port)
        defer { observer.stop() }
        let devices = [
            "solar-roof", "wall-battery", "car", "fridge", "dishwasher", "washing-machine", "air-conditioning", "oven",
            "lighting", "standby",
        ]
        try await eventually("all devices of the home, and its living room", detail: home.output) {
            devices.allSatisfy { observer.latest(ofDevice: $0) != nil }
                && observer.topics.contains("/readings/living-room/temperature")
        }
        #expect(observer.latest(ofDevice: "wall-battery")?.contains("charge_wh") == true)
        #expect(observer.latest(ofDevice: "solar-roof")?.contains(#""power_w":0.0"#) == false, "the sun shines")
        for (payload, said) in [
            (#"{"mode":"charging","watts":1500}"#, #""power_w":-1500.0"#),
            (#"{"mode":"discharging","watts":99999}"#, #""power_w":5000.0"#),
            (#"{"mode":"idle","watts":0}"#, #""power_w":0.0"#),
        ] {
            observer.publish("/actuators/building/wall-battery", payload)
            observer.publish("/actuators/building/wall-battery", "do something!")
            try await eventually("the battery obeys \(payload)") {
                observer.latest(ofDevice: "wall-battery")?.contains(said) == true
            }
        }
        broker.process.kill()
        try await home.waitFor(output: "no connection to the broker")
        observer.forget()
        let again = try await broker.restarted()
        try await eventually("reports after the broker is back") { observer.topics.count >= 6 }
        #expect(await home.terminate() == 0)
        #expect(home.output.contains("1 room with 6 devices, 10 energy devices"))
        again.process.kill()
    }

    @Test func `simulates the home of a configuration`() async throws {
        let broker = try await Broker()
        let home = try ManagedProcess(
            Command.executable.path,
            [
                "home", "--config", Checkout.file("config/edge-home.yaml"), "--set", "mqtt.host=127.0.0.1", "--set",
                "mqtt.port=\(broker.port)",
            ])
        try await home.waitFor(output: "connected to the broker")
        #expect(home.output.contains("10 energy devices"))
        #expect(await home.terminate() == 0)
        try await withFolder { folder in
            let missing = try Command.run("home", "--config", "nowhere.yaml", in: folder)
            #expect(missing.exitCode == 78)
        }
    }
}
