import DatabaseRig
import Foundation
import Rig
import ServiceRig
import Testing

/// What `hearth-edge status` says to people.
@Suite(.withDatabaseServer, .serialized, .timeLimit(.minutes(3)))
struct StatusCommandTests {
    @Test func `tells how a running gateway is, who set what, and nothing but offline of one that has ended`()
        async throws
    {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(databaseURL: url)
            let edge = try await chain.startEdge()
            try await chain.publishTemperature(19, room: "room-101")
            try await chain.broker.publish("/setpoints/room-101", #"{"celsius":24.5,"who":"reception"}"#)
            try await eventually("the set-point is told") {
                try await chain.edge.status().output.contains("set-point 24.5 °C (by reception)")
            }
            let online = try await chain.edge.status()
            #expect(online.status == 0)
            #expect(online.output.hasPrefix("online, as of "), "\(online.output)")
            for text in ["\nbuffer: ", "\nuplink: ", "\ncontrol: ", "\nroom-101: 19.0 °C, set-point 24.5 °C"] {
                #expect(online.output.contains(text), "\(online.output)")
            }
            try await chain.broker.publish("/readings/room-101/temperature", "hello")
            try await eventually("the message that can't be read is shown whole") {
                let shown = try await chain.edge.status("--rejected", "5")
                return shown.status == 0
                    && shown.output.hasSuffix("not_json /readings/room-101/temperature hello\n")
            }
            #expect(await edge.terminate() == 0)
            let offline = try await chain.edge.status()
            #expect(offline.output == "offline\n")
            #expect(offline.status == 1)
        }
    }

    @Test func `does not take what a gateway said before it died with its broker for the present`() async throws {
        try await TestDatabase.withOne { url in
            let chain = try await Chain.prepared(databaseURL: url)
            let topic = "/gateways/grand/status"
            let old = #"{"state":"online","building":"grand","version":"0.1.0","time":"2026-03-01T12:00:00Z"}"#
            try await chain.broker.publish(topic, old, retain: true)
            let silent = try await chain.edge.status()
            #expect(silent.status == 1)
            #expect(silent.output.contains("silent; last status of 2026-03-01T12:00:00Z"), "\(silent.output)")
            #expect(silent.output.contains("has published nothing since 2026-03-01T12:00:00Z"), "\(silent.output)")

            // The machine's clock or the gateway's may be wrong: what is published now is the present all the same.
            let publishing = Task {
                while !Task.isCancelled {
                    try await chain.broker.publish(topic, old, retain: true)
                    try await Task.sleep(for: .milliseconds(200))
                }
            }
            let answer = try await chain.edge.status()
            publishing.cancel()
            _ = await publishing.result
            #expect(answer.status == 0)
            #expect(answer.output.hasPrefix("online, as of 2026-03-01T12:00:00Z"), "\(answer.output)")
        }
    }
}
