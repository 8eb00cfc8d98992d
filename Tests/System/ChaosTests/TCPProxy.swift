import Foundation
import Rig
import Synchronization

/// Stands between two programs and passes on what they say, or not.
final class TCPProxy: Sendable {
    enum Direction: Sendable {
        case toServer
        case toClient
    }

    /// Sees what goes past, before it goes on. Called on the thread of one direction of one connection.
    typealias Observer = @Sendable (_ connection: Int, _ direction: Direction, _ bytes: ArraySlice<UInt8>) -> Void

    let port = LoopbackPort.free()
    private let target: Int
    private let listener: Socket
    private let observe: Observer
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var open: [Int: [Socket]] = [:]
        /// Connections that say nothing any more, in these directions, without being closed.
        var mute: [Int: Set<Direction>] = [:]
        /// New connections are taken and left without an answer.
        var isBlackHole = false
    }

    init(to target: Int, observe: @escaping Observer = { _, _, _ in }) throws {
        self.target = target
        self.observe = observe
        listener = try Socket.listening(on: port)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while let client = listener.accept() {
                guard let self else { return }
                self.take(client)
            }
        }
    }

    deinit {
        listener.shut()
        cut()
    }

    private func take(_ client: Socket) {
        guard let server = Socket.connected(to: target) else { return client.shut() }
        let number = state.withLock { state in
            state.count += 1
            state.open[state.count] = [client, server]
            if state.isBlackHole { state.mute[state.count] = [.toServer, .toClient] }
            return state.count
        }
        pass(number, from: client, to: server, .toServer)
        pass(number, from: server, to: client, .toClient)
    }

    private func pass(_ number: Int, from source: Socket, to sink: Socket, _ direction: Direction) {
        Thread.detachNewThread { [weak self] in
            while true {
                let bytes = source.read()
                guard !bytes.isEmpty, let self else { break }
                if self.isMute(number, direction) { continue }
                self.observe(number, direction, bytes)
                if !sink.write(bytes) { break }
            }
            // Half-open: who is cut off is not told that the other one has gone.
            guard let self else { return }
            let isMute = self.isMute(number, direction)
            if !isMute { sink.shut() }
            source.shut()
            // Closed, once the other direction's thread has ended as well.
            if !isMute { self.state.withLock { _ = $0.open.removeValue(forKey: number) } }
        }
    }

    private func isMute(_ number: Int, _ direction: Direction) -> Bool {
        state.withLock { $0.mute[number]?.contains(direction) ?? false }
    }

    /// The connections that are open now say nothing any more and stay open, for good, as behind a router that forgot
    /// them. New ones work, unless they are swallowed as well.
    func swallow(_ directions: Set<Direction>, newConnectionsToo: Bool) {
        state.withLock { state in
            for number in state.open.keys { state.mute[number, default: []].formUnion(directions) }
            state.isBlackHole = newConnectionsToo
        }
    }

    /// How many connections there were so far.
    var connections: Int { state.withLock { $0.count } }

    /// New connections work again.
    func passOn() { state.withLock { $0.isBlackHole = false } }

    /// Ends all connections.
    func cut() {
        let sockets = state.withLock { state in
            defer { state.open = [:] }
            return state.open.values.flatMap { $0 }
        }
        for socket in sockets { socket.shut() }
    }
}
