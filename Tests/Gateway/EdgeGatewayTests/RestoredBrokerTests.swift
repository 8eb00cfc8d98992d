import EdgeGateway
import Foundation
import Outbox
import Rig
import ServiceRig
import Testing

/// Sensors whose value never changes and that give no time: two of their messages can't be told apart by what they say.
@Suite(.timeLimit(.minutes(2))) struct RestoredBrokerTests {
    /// How many readings a store has numbered once its gateway has ended.
    private func numbered(_ gateway: EdgeProgram) throws -> (numbered: Int64, leftOut: Int64) {
        let outbox = try Outbox(path: gateway.store)
        let tally = try outbox.tally()
        try outbox.close()
        return (tally.numbered, tally.redelivered)
    }

    @Test(arguments: [(1, 20, 100, 150), (5, 20, 60, 50)])
    func `stores every reading of a broker that was restored from an older file`(
        _ sensors: Int, _ saved: Int, _ forgotten: Int, _ new: Int
    ) async throws {
        let broker = try await Broker()
        let gateway = try EdgeProgram.hotel(broker: broker.port)
        let edge = try await gateway.start()
        let first = ConstantSensors(port: broker.port, count: sensors)
        try await first.publish(saved)
        try await Task.sleep(for: .milliseconds(300))
        try await broker.save()
        try await first.publish(forgotten)
        await first.stop()
        try await Task.sleep(for: .milliseconds(500))
        broker.process.kill()
        _ = await broker.process.exitStatus()
        let restored = try await broker.restarted()
        try await eventually("intake is connected again", detail: edge.output) {
            edge.output.matches(of: /intake is connected/).count == 2
        }
        let second = ConstantSensors(port: restored.port, count: sensors)
        try await second.publish(new)
        await second.stop()
        try await Task.sleep(for: .seconds(1))
        #expect(await edge.terminate() == 0)
        // The room's own readings are none: its sensors have said nothing.
        #expect(try numbered(gateway) == (Int64(saved + forgotten + new), 0))
    }

    /// The broker's file says that ten messages are on their way: it sends them again, with DUP, under their identifiers of
    /// old. They are left out while they may be the same. Once the broker had heard that they are stored, others may come
    /// under those identifiers: then one that is stored twice does less harm than one that is lost.
    @Test(arguments: [(400, 30, 10), (4_500, 40, 0)])
    func `leaves out and counts what comes again, while it can't be anything else`(
        _ milliseconds: Int, _ stored: Int, _ leftOut: Int
    ) async throws {
        let broker = try await Broker()
        let gateway = try EdgeProgram.hotel(broker: broker.port)
        let edge = try await gateway.start()
        let first = ConstantSensors(port: broker.port, count: 1)
        try await first.publish(10)
        try await Task.sleep(for: .milliseconds(300))
        edge.suspend()
        try await first.publish(10)
        try await broker.save()
        await first.stop()
        edge.resume()
        try await Task.sleep(for: .milliseconds(milliseconds))
        broker.process.kill()
        _ = await broker.process.exitStatus()
        let restored = try await broker.restarted()
        try await eventually("intake is connected again", detail: edge.output) {
            edge.output.matches(of: /intake is connected/).count == 2
        }
        let second = ConstantSensors(port: restored.port, count: 1)
        try await second.publish(10)
        await second.stop()
        // The status is told each ten seconds.
        try await eventually("the status tells", detail: edge.output) {
            let buffer = try await gateway.report()?.buffer
            return buffer?.numbered == Int64(stored) && buffer?.redelivered == Int64(leftOut)
        }
        let text = try await gateway.status()
        #expect(text.output.contains("the broker redelivered \(leftOut) messages") == (leftOut > 0))
        #expect(await edge.terminate() == 0)
        #expect(try numbered(gateway) == (Int64(stored), Int64(leftOut)))
    }
}
