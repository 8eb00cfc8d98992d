import Building
import EdgeGateway
import Foundation
import Outbox
import Rig
import ServiceRig
import Testing

/// A gateway whose buffer's file is damaged under it.
@Suite(.timeLimit(.minutes(3))) struct DamageInUseTests {
    enum Blow: CaseIterable, Sendable { case overwritten, truncated, logOverwritten }

    private func strike(_ blow: Blow, _ path: String) async throws {
        // As somebody would by hand: over all pages, in place.
        let file = blow == .logOverwritten ? path + "-wal" : path
        let size = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        if blow == .truncated {
            #expect(truncate(path, off_t(4096)) == 0)
            return
        }
        let result = try await ManagedProcess.run(
            "dd",
            ["if=/dev/urandom", "of=\(file)", "bs=4096", "seek=1", "count=\(max(1, size / 4096))", "conv=notrunc"])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(arguments: Blow.allCases)
    func `begins a new buffer without a restart, declares what is lost, and heats on`(_ blow: Blow) async throws {
        let broker = try await Broker()
        let gateway = try EdgeProgram.hotel(broker: broker.port)
        let edge = try await gateway.start()
        let sensors = ConstantSensors(port: broker.port, count: 5)
        let valves = try broker.subscriber("/actuators/room-101")
        // More than stay unpacked, so that old pages are read again.
        try await sensors.publish(22_000)
        try await eventually("all are stored", within: .seconds(60), detail: edge.output) {
            (try await gateway.report()?.buffer?.numbered ?? 0) >= 22_000
        }
        let old = try #require(try await gateway.report()?.buffer?.store)
        try await strike(blow, gateway.store)
        for _ in 0..<40 where !edge.output.contains("found damaged while in use") {
            // What lies in the log is written over such pages again, and a log that was copied just before is not read.
            try await strike(blow, gateway.store)
            try await sensors.publish(1_000)
            try await Task.sleep(for: .milliseconds(100))
        }
        try await edge.waitFor(output: "found damaged while in use")
        try await eventually("the buffer is open again", within: .seconds(30), detail: edge.output) {
            edge.output.matches(of: /the buffer is open/).count >= 2
        }
        try await eventually("intake is connected again", detail: edge.output) {
            edge.output.matches(of: /intake is connected/).count >= 2
        }
        for (celsius, isHeating) in [(15.0, true), (28.0, false)] {
            try await broker.publishTemperature(celsius)
            try await eventually("the valve follows \(celsius) °C", detail: edge.output) {
                valves.output.split(separator: "\n").last.map { !$0.hasSuffix("{\"level\":0}") } == isHeating
            }
        }
        try await sensors.publish(10)
        try await eventually("the status is well", detail: edge.output) {
            let buffer = try await gateway.report()?.buffer
            return buffer?.store != nil && buffer?.trouble == nil && (buffer?.waiting ?? 0) > 10
        }
        #expect(edge.isRunning)
        #expect(await edge.terminate() == 0)
        await sensors.stop()
        let outbox = try Outbox(path: gateway.store)
        let losses = try outbox.losses()
        #expect(!losses.isEmpty)
        #expect(losses.allSatisfy { $0.store.description == old && $0.reason == .corrupt })
        if outbox.store.description != old {
            let names = try FileManager.default.contentsOfDirectory(atPath: gateway.folder.path)
            #expect(names.contains { $0.contains(".damaged-") })
        }
    }
}
