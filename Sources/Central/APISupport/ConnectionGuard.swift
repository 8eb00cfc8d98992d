internal import HTTPTypes
internal import Hummingbird
package import NIOCore
internal import NIOHTTP1
package import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Stands between a connection and the service: holds the client to its shares, and its bodies to their time.
///
/// It counts bytes as they come, not as they are announced, and its clock stands still while the service itself does not
/// ask for more. A body that is refused ends with an `APIError`, which whoever reads it passes on as the answer.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// The body of one request.
    private final class Body {
        let client: ClientShares.Client
        var began = NIODeadline.now()
        /// That have come.
        var bytes = 0
        /// Of these, what counts as memory: nothing any more once the request is answered.
        var held = 0
        var isAnswered = false

        init(client: ClientShares.Client) { self.client = client }
    }

    private let shares: ClientShares
    private var peer = ClientShares.Client(address: nil)
    private var isProxy = false
    private var isCounted = false
    /// Why nothing of this connection is taken.
    private var refusal: APIError?
    /// Of the requests that are not answered yet, the oldest first.
    private var unanswered: [Body] = []
    /// The one that is still coming in.
    private var arriving: Body?
    private var isAskedForMore = false
    private var isEnding = false
    private var timer: Scheduled<Void>?

    private static let period = TimeAmount.seconds(1)
    /// How long an answer to what was refused may take, and then what is still coming in is thrown away, so that the
    /// answer is not lost with it.
    private static let farewell = TimeAmount.seconds(5)
    private static let draining = TimeAmount.seconds(1)

    package init(shares: ClientShares) { self.shares = shares }

    // MARK: The connection

    package func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard !isCounted, refusal == nil else { return }
        (peer, isProxy) = shares.client(peer: context.remoteAddress?.ipAddress)
        // A proxy has as many as its clients need.
        if !isProxy {
            refusal = shares.open(peer)
            isCounted = refusal == nil
        }
        awaitHead(context)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

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

    package func channelReadComplete(context: ChannelHandlerContext) {
        isAskedForMore = false
        if isEnding {
            context.read()
        } else if arriving != nil, timer == nil {
            schedule(context, in: Self.period) { $0.judge($1) }
        }
        context.fireChannelReadComplete()
    }

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

    /// A connection that takes ages to say what it wants is of no use to anybody.
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

    /// Ends a body; whoever reads it answers.
    private func refuse(_ error: APIError, _ context: ChannelHandlerContext) {
        isEnding = true
        arriving = nil
        schedule(context, in: Self.farewell) { $1.close(promise: nil) }
        context.fireErrorCaught(error)
        context.read()
    }

    /// What is no HTTP is answered like every other mistake, as far as nothing else is being answered.
    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let isMalformed = error is HTTPParserError || error is HTTP1TypeConversionError
        guard isMalformed, !isEnding, unanswered.isEmpty else { return context.fireErrorCaught(error) }
        answer(
            .badRequest(
                code: "malformed_request", "The request is not valid HTTP/1.1: \(error).",
                hint: "Check the request line and the header fields, such as spaces in the address."), context)
    }

    /// Answers a request that nobody else has heard of.
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
