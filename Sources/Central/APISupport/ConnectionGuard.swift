internal import HTTPTypes
internal import Hummingbird
package import NIOCore
internal import NIOHTTP1
package import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Enforces the limits of `ClientShares` between a connection and the service.
///
/// It counts bytes as they arrive, not as announced, and its clock stops while the service itself does not ask for
/// more. A refused body ends with an `APIError`, which the reader of the body passes on as the answer.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// The body of one request.
    private final class Body {
        let client: ClientShares.Client
        var began = NIODeadline.now()
        /// The number of bytes that have arrived.
        var bytes = 0
        /// The part of `bytes` that counts as memory; 0 once the request is answered.
        var held = 0
        var isAnswered = false

        init(client: ClientShares.Client) { self.client = client }
    }

    private let shares: ClientShares
    private var peer = ClientShares.Client(address: nil)
    private var isProxy = false
    private var isCounted = false
    /// The reason nothing is accepted on this connection.
    private var refusal: APIError?
    /// The bodies of the requests not yet answered, oldest first.
    private var unanswered: [Body] = []
    /// The body that is still arriving.
    private var arriving: Body?
    private var isAskedForMore = false
    private var isEnding = false
    private var timer: Scheduled<Void>?

    private static let period = TimeAmount.seconds(1)
    /// The time limit for answering a refused request. Once it is answered, incoming data is discarded for the length
    /// of `draining`, so that the answer is not lost with it.
    private static let farewell = TimeAmount.seconds(5)
    private static let draining = TimeAmount.seconds(1)

    /// Creates a guard for one connection.
    package init(shares: ClientShares) { self.shares = shares }

    // MARK: The connection

    /// Starts counting if the channel is already active.
    package func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    /// Starts counting the connection.
    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted, refusal == nil else { return }
        (peer, isProxy) = shares.client(peer: context.remoteAddress?.ipAddress)
        // A proxy may open as many connections as its clients need.
        if !isProxy {
            refusal = shares.open(peer)
            isCounted = refusal == nil
        }
        awaitHead(context)
    }

    /// Releases everything the connection held.
    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// Releases everything the connection held.
    package func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        timer?.cancel()
        timer = nil
        arriving = nil
        for body in unanswered { shares.release(body.held, of: body.client) }
        unanswered = []
        if isCounted { shares.close(peer) }
        isCounted = false
    }

    // MARK: Requests

    /// Counts a request's bytes and refuses those beyond the client's share.
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            timer?.cancel()
            timer = nil
            if let refusal { return answer(refusal, context) }
            let client = isProxy ? shares.client(forwarded: head.headerFields) ?? peer : peer
            let body = Body(client: client)
            unanswered.append(body)
            arriving = body
        case .body(let part):
            guard let body = arriving else { break }
            let count = part.readableBytes
            body.bytes += count
            if !body.isAnswered {
                if let error = shares.hold(count, of: body.client) { return refuse(error, context) }
                body.held += count
            }
        case .end:
            arriving = nil
            timer?.cancel()
            timer = nil
        }
        context.fireChannelRead(data)
    }

    /// Starts the timer of a body that is still arriving.
    package func channelReadComplete(context: ChannelHandlerContext) {
        isAskedForMore = false
        if isEnding {
            context.read()
        } else if arriving != nil, timer == nil {
            schedule(context, in: Self.period) { $0.judge($1) }
        }
        context.fireChannelReadComplete()
    }

    /// Notes that the service asked for more, so that the body's clock runs.
    package func read(context: ChannelHandlerContext) {
        isAskedForMore = true
        context.read()
    }

    private func judge(_ context: ChannelHandlerContext) {
        guard let body = arriving, !isEnding else { return }
        if !isAskedForMore { body.began = body.began + Self.period }
        let elapsed = NIODeadline.now() - body.began
        if let error = shares.judge(bytes: body.bytes, after: .nanoseconds(elapsed.nanoseconds)) {
            return refuse(error, context)
        }
        schedule(context, in: Self.period) { $0.judge($1) }
    }

    /// Closes the connection if it does not complete a request's headers in time.
    private func awaitHead(_ context: ChannelHandlerContext) {
        let limit = TimeAmount(shares.limits.headDuration)
        schedule(context, in: limit) { guardian, context in
            guard guardian.unanswered.isEmpty, guardian.arriving == nil else { return }
            context.close(promise: nil)
        }
    }

    private func schedule(
        _ context: ChannelHandlerContext, in delay: TimeAmount,
        _ body: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self else { return }
            timer = nil
            body(self, context)
        }
    }

    // MARK: Refusals

    /// Ends a body with an error; the reader of the body answers.
    private func refuse(_ error: APIError, _ context: ChannelHandlerContext) {
        isEnding = true
        arriving = nil
        schedule(context, in: Self.farewell) { $1.close(promise: nil) }
        context.fireErrorCaught(error)
        context.read()
    }

    /// Answers input that is not valid HTTP like any other mistake, unless another answer is in progress.
    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isMalformed = error is HTTPParserError || error is HTTP1TypeConversionError
        guard isMalformed, !isEnding, unanswered.isEmpty else { return context.fireErrorCaught(error) }
        answer(
            .badRequest(
                code: "malformed_request", "The request is not valid HTTP/1.1: \(error).",
                hint: "Check the request line and the header fields, such as spaces in the address."), context)
    }

    /// Answers a request that no handler has seen.
    private func answer(_ error: APIError, _ context: ChannelHandlerContext) {
        isEnding = true
        var headers = error.response.headers
        let bytes = error.bytes
        headers[.contentLength] = String(bytes.count)
        headers[.connection] = "close"
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: error.status, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: bytes))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        drain(context)
        context.read()
    }

    private func drain(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        schedule(context, in: Self.draining) { $1.close(promise: nil) }
    }

    // MARK: Answers

    /// Passes an answer on, and releases its request's bytes when it ends.
    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isEnding:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            if !unanswered.isEmpty {
                let body = unanswered.removeFirst()
                body.isAnswered = true
                shares.release(body.held, of: body.client)
                body.held = 0
            }
            if isEnding {
                context.writeAndFlush(data, promise: promise)
                drain(context)
            } else {
                context.write(data, promise: promise)
                if unanswered.isEmpty, arriving == nil { awaitHead(context) }
            }
        default: context.write(data, promise: promise)
        }
    }
}
