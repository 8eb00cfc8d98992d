import Foundation

/// A real mosquitto on a port of its own.
package final class Broker: Sendable {
    package let port: Int
    package let process: ManagedProcess
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - port: by default one that is free; another process may take it first, and then the next one serves.
    ///   - extra: further lines of its configuration.
    package init(port: Int? = nil, extra: String = "", folder: TemporaryFolder = TemporaryFolder()) async throws {
        self.folder = folder
        (self.port, process) = try await Self.started(port, extra, folder)
    }

    private static func started(
        _ port: Int?, _ extra: String, _ folder: TemporaryFolder, triesLeft: Int = 5
    ) async throws -> (Int, ManagedProcess) {
        let chosen = port ?? LoopbackPort.free()
        let configuration = try folder.write(
            "mosquitto.conf",
            """
            listener \(chosen) 127.0.0.1
            allow_anonymous true
            max_inflight_messages 1000
            max_queued_messages 100000
            persistence true
            persistence_location \(folder.path)/
            user root
            \(extra)
            """)
        let process = try ManagedProcess("mosquitto", ["-c", configuration])
        do {
            try await process.waitFor(output: "running")
        } catch let failure as ManagedProcess.DidNotHappen
            where port == nil && triesLeft > 0 && failure.description.contains("already in use")
        {
            return try await started(nil, extra, folder, triesLeft: triesLeft - 1)
        }
        return (chosen, process)
    }

    /// One that lets anybody read and write what `rules` allow, lines of mosquitto's ACL file.
    package static func withRules(_ rules: String, port: Int? = nil) async throws -> Broker {
        let folder = TemporaryFolder()
        let file = try folder.write("rules.acl", rules + "\n")
        return try await Broker(port: port, extra: "acl_file \(file)", folder: folder)
    }

    /// Changes the rules while it runs.
    package func setRules(_ rules: String) throws {
        _ = try folder.write("rules.acl", rules + "\n")
        process.hangUp()
    }

    /// Has it write what it holds to its file, and waits until it has.
    package func save() async throws {
        let file = folder.file("mosquitto.db")
        func written() -> Date? {
            (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate]) as? Date
        }
        let before = written()
        process.userSignal()
        try await eventually("the broker has saved") { written() != before }
    }

    /// The same broker again, after it was ended.
    package func restarted() async throws -> Broker { try await Broker(port: port, folder: folder) }

    package func publish(_ topic: String, _ payload: String, qualityOfService: Int = 1, retain: Bool = false)
        async throws
    {
        var arguments = ["-h", "127.0.0.1", "-p", "\(port)", "-q", "\(qualityOfService)", "-t", topic, "-m", payload]
        if retain { arguments.append("-r") }
        let result = try await ManagedProcess.run("mosquitto_pub", arguments)
        guard result.status == 0 else {
            throw ManagedProcess.DidNotHappen(description: "mosquitto_pub: \(result.output)")
        }
    }

    /// A subscriber that prints `topic payload` lines.
    package func subscriber(_ topic: String) throws -> ManagedProcess {
        try ManagedProcess("mosquitto_sub", ["-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-v", "-t", topic])
    }

    /// A subscriber with a session that the broker keeps, which prints payloads alone and comes back by itself.
    package func keptSubscriber(_ topic: String) throws -> ManagedProcess {
        try ManagedProcess(
            "mosquitto_sub",
            ["-h", "127.0.0.1", "-p", "\(port)", "-q", "1", "-c", "-i", "kept-\(topic)", "-t", topic, "-F", "%p"])
    }
}
