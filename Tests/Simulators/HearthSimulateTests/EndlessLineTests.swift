import Foundation
import Rig
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A line that never ends` {
    @Test func `costs hearth-simulate loop no memory, and the next one is answered`() async throws {
        try await withFolder { folder in
            let pipe = folder.appendingPathComponent("pipe").path
            try #require(mkfifo(pipe, 0o600) == 0)
            let command = try ManagedProcess("sh", ["-c", "exec '\(Command.executable.path)' loop < '\(pipe)'"])
            let input = try #require(FileHandle(forWritingAtPath: pipe))
            let block = Data(repeating: UInt8(ascii: " "), count: 1 << 20)
            for _ in 0..<150 { try input.write(contentsOf: block) }
            // What was written last has been read but for a pipe's worth.
            let status = try String(contentsOfFile: "/proc/\(command.id)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
            let kilobytes = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
            #expect(kilobytes < 100_000, "\(line)")
            try input.write(contentsOf: Data(("\n" + #"{"time":0,"room":"room-1","readings":[]}"# + "\n").utf8))
            try input.close()
            #expect(await command.exitStatus() == 0)
            #expect(command.output.contains("line 1"), "\(command.output)")
            #expect(command.output.contains(#""room":"room-1""#), "\(command.output)")
        }
    }
}
