import Foundation
import Glibc
import Synchronization

/// A real program that a test starts, watches and ends by its own id.
///
/// It is started by posix_spawn with no signal blocked: Foundation's `Process` would pass on the blocked signals of
/// the test's thread, and the program would never hear SIGTERM.
package final class ManagedProcess: Sendable {
    package struct DidNotHappen: Error, CustomStringConvertible {
        package var description: String

        package init(description: String) { self.description = description }
    }

    package let name: String
    package let id: Int32
    private let folder = TemporaryFolder()
    /// The wait status; `nil` while the process runs.
    private let ended = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - path: the program; without a slash it is looked up in `PATH`.
    ///   - environment: added to the test's own.
    package init(_ path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let path = Self.lookUp(path)
        id = try Self.spawn(
            path, [path] + arguments, variables.map { "\($0)=\($1)" }, output: folder.file("output"))
    }

    deinit {
        kill()
        _ = waitForEnd(blocking: true)
    }

    private static func lookUp(_ path: String) -> String {
        guard !path.contains("/") else { return path }
        let variable = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = variable.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        return folders.map { "\($0)/\(path)" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? path
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String], output: String
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, path, &actions, &attributes, argv, envp)
        guard code == 0 else {
            throw DidNotHappen(description: "\(path) could not be started: \(String(cString: strerror(code)))")
        }
        return id
    }

    /// The wait status once the process has ended.
    private func waitForEnd(blocking: Bool) -> Int32? {
        ended.withLock { ended in
            if ended == nil {
                var status: Int32 = 0
                if waitpid(id, &status, blocking ? 0 : WNOHANG) != 0 { ended = status }
            }
            return ended
        }
    }

    package var isRunning: Bool { waitForEnd(blocking: false) == nil }

    /// Standard output and error so far.
    package var output: String {
        String(decoding: FileManager.default.contents(atPath: folder.file("output")) ?? Data(), as: UTF8.self)
    }

    /// SIGTERM, then waits for the end. A process that does not end within `limit` is killed.
    ///
    /// - Returns: the exit status, or 128 and the signal's number.
    @discardableResult
    package func terminate(within limit: Duration = .seconds(20)) async -> Int32 {
        signal(SIGTERM)
        let end = ContinuousClock.now + limit * 3
        while isRunning, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(10)) }
        kill()
        return await exitStatus()
    }

    /// SIGKILL, as a power failure would.
    package func kill() { signal(SIGKILL) }

    package func suspend() { signal(SIGSTOP) }
    package func resume() { signal(SIGCONT) }

    /// SIGHUP: most programs read their configuration again.
    package func hangUp() { signal(SIGHUP) }
    /// SIGUSR1: mosquitto writes what it holds to its file.
    package func userSignal() { signal(SIGUSR1) }

    private func signal(_ number: Int32) {
        // Not reaped yet, so the id is still this process's.
        if isRunning { _ = Glibc.kill(id, number) }
    }

    /// Waits for the end: the exit status, or 128 and the signal's number.
    package func exitStatus() async -> Int32 {
        while true {
            if let status = waitForEnd(blocking: false) {
                let signal = status & 0x7F
                return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits until the output holds `text`.
    package func waitFor(output text: String, within limit: Duration = .seconds(20)) async throws {
        try await eventually("\(name) says “\(text)”", within: limit, detail: self.output) {
            if !self.isRunning, !self.output.contains(text) {
                throw DidNotHappen(description: "\(name) ended without saying “\(text)”: \(self.output)")
            }
            return self.output.contains(text)
        }
    }

    /// Runs a program to its end.
    package static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:],
        within limit: Duration = .seconds(60)
    ) async throws -> (status: Int32, output: String) {
        let process = try ManagedProcess(path, arguments, environment: environment)
        let end = ContinuousClock.now + limit * 3
        while process.isRunning {
            guard ContinuousClock.now < end else {
                throw DidNotHappen(description: "\(process.name) did not end within \(limit): \(process.output)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return (await process.exitStatus(), process.output)
    }
}

/// Waits until `condition` holds.
///
/// - Parameter limit: within which it holds on a machine that has time; thrice as long is waited, since machines are
///   shared.
/// - Throws: where it does not within `limit`, with what was waited for.
package func eventually(
    _ what: String, within limit: Duration = .seconds(20), detail: @autoclosure () -> String = "",
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit * 3
    while try await !condition() {
        guard ContinuousClock.now < end else {
            throw ManagedProcess.DidNotHappen(description: "not within \(limit): \(what)\n\(detail().suffix(4000))")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
