import Foundation
import Glibc
import Synchronization

/// A folder of a test's own, deleted with it.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-test-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("no temporary folder: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and gives its path.
    package func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }
}

package enum LoopbackPort {
    /// Below the range from which Linux takes the ports of outgoing connections, so that none of them comes between.
    private static let range = 20_000..<32_000
    private static let next = Mutex(Int.random(in: range))

    /// A port of 127.0.0.1 that nobody has at the moment, and that no other caller in this process gets.
    package static func free() -> Int {
        next.withLock { next in
            for _ in range {
                next = next + 1 < range.upperBound ? next + 1 : range.lowerBound
                if isFree(next) { return next }
            }
            preconditionFailure("every port of \(range) is taken")
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Where the executables of this build lie; `compose/test` says so.
package enum Executables {
    package static let folder = ProcessInfo.processInfo.environment["HEARTH_BIN"]

    package static func path(_ name: String) -> String { "\(folder ?? ".build/release")/\(name)" }
}

/// The checkout that this test was built from.
package enum Checkout {
    package static let path: String = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            precondition(folder.path != "/", "no Package.swift above \(#filePath)")
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    package static func file(_ name: String) -> String { path + "/" + name }
}
