import Glibc
package import JSON
import Rig
package import Synchronization

/// A small HTTP server on a loopback port that answers as it is told, piece by piece.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable {
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: JSON
    }

    package enum Step: Sendable {
        case bytes([UInt8])
        case pause(Duration)
        /// Says nothing more until the client leaves.
        case hang
    }

    package struct Script: Sendable {
        package var status = 200
        package var headers: [String: String] = ["content-type": "text/event-stream"]
        package var steps: [Step] = []

        package init(
            status: Int = 200, headers: [String: String] = ["content-type": "text/event-stream"], steps: [Step] = []
        ) {
            self.status = status
            self.headers = headers
            self.steps = steps
        }

        package static func stream(_ body: String) -> Script { Script(steps: [.bytes(Array(body.utf8))]) }

        /// In pieces of a few bytes, which cut lines and characters.
        package static func pieces(_ body: String, of size: Int) -> Script {
            let bytes = Array(body.utf8)
            return Script(
                steps: stride(from: 0, to: bytes.count, by: size).map {
                    .bytes(Array(bytes[$0..<min($0 + size, bytes.count)]))
                })
        }

        package static func failure(_ status: Int, _ body: JSON, headers: [String: String] = [:]) -> Script {
            Script(
                status: status, headers: headers.merging(["content-type": "application/json"]) { $1 },
                steps: [.bytes(body.bytes)])
        }
    }

    package let requests = Mutex<[Request]>([])
    /// How many clients left while the server was hanging.
    package let departures = Mutex(0)
    private let scripts: Mutex<[Script]>
    private let server = Mutex<LoopbackServer?>(nil)

    package var url: String { "http://127.0.0.1:\(server.withLock { $0?.port ?? 0 })" }

    /// - Parameter scripts: one for each request in turn; the last is repeated.
    package init(_ scripts: [Script]) {
        self.scripts = Mutex(scripts)
        server.withLock { $0 = LoopbackServer { [weak self] request, connection in self?.serve(request, connection) } }
    }

    private func serve(_ request: LoopbackServer.Request, _ connection: LoopbackServer.Connection) {
        let body = (try? JSON(parsing: request.body)) ?? .null
        requests.withLock { $0.append(Request(path: request.path, headers: request.headers, body: body)) }
        let script = scripts.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        guard connection.sendHead(status: script.status, headers: script.headers) else { return }
        for step in script.steps {
            switch step {
            case .bytes(let bytes): guard connection.send(bytes) else { return }
            case .pause(let duration): usleep(UInt32(duration / .microseconds(1)))
            case .hang:
                connection.waitForDeparture()
                departures.withLock { $0 += 1 }
                return
            }
        }
    }
}
