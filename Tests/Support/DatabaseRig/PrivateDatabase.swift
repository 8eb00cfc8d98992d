import Foundation
import Glibc
import Rig

/// A TimescaleDB of this run's own, which may be killed.
package final class PrivateDatabase: Sendable {
    private let folder = TemporaryFolder()
    package let port = LoopbackPort.free()
    /// As the role that owns the database.
    package let url: String
    /// As a superuser, on the database `postgres`.
    package var superuserURL: String {
        get throws {
            try String(contentsOfFile: folder.file("database/superuser.url"), encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
    private let guardian: ManagedProcess

    private init() async throws {
        let data = folder.file("database")
        // The server is in a session of its own, so that it would outlive a run that is interrupted.
        guardian = try ManagedProcess(
            "setsid",
            [
                "sh", "-c", "while [ -d /proc/$1 ]; do sleep 1; done; \"$2\" stop \"$3/database\"; rm -rf \"$3\"",
                "guardian", "\(getpid())", Self.script, folder.path,
            ])
        try await Self.start(data, port: port)
        url = try String(contentsOfFile: data + "/database.url", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts one, runs `body` on it, and ends it.
    package static func withOne(_ body: (PrivateDatabase) async throws -> Void) async throws {
        let database = try await PrivateDatabase()
        let result: Result<Void, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        _ = try await ManagedProcess.run(Self.script, ["stop", database.folder.file("database")])
        try result.get()
    }

    private static let script = Checkout.file("compose/timescaledb")

    private static func start(_ data: String, port: Int) async throws {
        let result = try await ManagedProcess.run(
            script, ["start", data, "\(port)"], environment: ["DATABASE_URL": ""], within: .seconds(120))
        guard result.status == 0 else { throw ManagedProcess.DidNotHappen(description: result.output) }
    }

    /// SIGKILL for the server, as when the kernel is out of memory; its sessions end by themselves.
    package func kill() throws { _ = Glibc.kill(try server(), SIGKILL) }

    /// Starts the server that was killed.
    package func start() async throws {
        // Its last sessions still hold the shared memory for a moment.
        var attempts = 0
        while true {
            do { return try await Self.start(folder.file("database"), port: port) } catch {
                attempts += 1
                if attempts == 60 { throw error }
                try await Task.sleep(for: .milliseconds(300))
            }
        }
    }

    /// Stops the server and its sessions where they stand, and lets them go on at the end.
    package func withSuspended(_ body: () async throws -> Void) async throws {
        let server = try server()
        let all = [server] + Self.children(of: server)
        for process in all { _ = Glibc.kill(process, SIGSTOP) }
        defer { for process in all { _ = Glibc.kill(process, SIGCONT) } }
        try await body()
    }

    private func server() throws -> Int32 {
        let record = try String(contentsOfFile: folder.file("database/server.pid"), encoding: .utf8)
        guard let id = record.split(separator: " ").first.flatMap({ Int32($0) }) else {
            throw ManagedProcess.DidNotHappen(description: "no server in \(folder.path)")
        }
        return id
    }

    private static func children(of parent: Int32) -> [Int32] {
        let path = "/proc/\(parent)/task/\(parent)/children"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
}
