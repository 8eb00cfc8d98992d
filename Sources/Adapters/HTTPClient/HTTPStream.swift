import CCurl
import Dispatch
import Synchronization

/// A client that sends one request and delivers the answer piece by piece as it arrives, for answers that a server
/// writes slowly, such as server-sent events.
///
/// libcurl verifies the server's certificate for `https`; nothing here can disable that. Redirects are not followed.
package struct HTTPStream: Sendable {
    /// A part of an answer.
    package enum Event: Sendable {
        /// The head, which comes first, and once. Header names are in lower case; of several with one name, the last
        /// counts.
        case head(status: Int, headers: [String: String])
        /// A piece of the body as it arrived; its boundaries have no meaning.
        case chunk([UInt8])
    }

    /// The settings of a stream.
    package struct Settings: Sendable {
        /// The PEM file of trusted authorities; `nil` for the system's.
        package var authorityFile: String?
        /// The maximum time for connecting.
        package var connectTimeout: Duration = .seconds(10)
        /// The maximum time without any data, from the start of the request.
        package var idleTimeout: Duration = .seconds(30)
        /// The maximum time for the whole answer.
        package var timeout: Duration = .seconds(120)
        /// The maximum size of a body, bytes; a larger one is an error. It also bounds what is buffered for a slow
        /// reader.
        package var largestAnswer = 4 << 20
        /// The user agent sent with the request.
        package var userAgent = "hearth"

        /// Creates the default settings.
        package init() {}
    }

    /// The reason the answer is missing or incomplete. The texts never contain the request's headers or its URL.
    package enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Connecting, a pause in the data, or the whole answer took too long.
        case timedOut(String)
        /// The body is larger than `largestAnswer`.
        case tooLarge(bytes: Int)
        /// An unknown host, a refused connection, an untrusted certificate, or a broken connection.
        case broken(String)

        package var description: String {
            switch self {
            case .timedOut(let detail): "timed out: \(detail)"
            case .tooLarge(let bytes): "the response is longer than \(bytes) bytes"
            case .broken(let detail): detail
            }
        }
    }

    /// The settings of the stream.
    package var settings: Settings

    /// Creates a stream; `open` sends the request.
    package init(settings: Settings = .init()) { self.settings = settings }

    /// Starts a request at once, on a thread of its own. The request ends early when the reader stops reading or its
    /// task is cancelled.
    ///
    /// - Returns: The answer, whatever its status. The stream throws `Failure`.
    package func open(_ request: HTTPRequest) -> AsyncThrowingStream<Event, any Error> {
        let (stream, continuation) = AsyncThrowingStream<Event, any Error>.makeStream()
        let transfer = StreamTransfer(settings: settings, continuation: continuation)
        continuation.onTermination = { _ in transfer.cancel() }
        DispatchQueue(label: "hearth.http-stream").async {
            do throws(Failure) {
                try transfer.run(request)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        return stream
    }
}

/// One request in progress.
///
/// `@unchecked Sendable`: `run`, and libcurl's callbacks, which it calls, use everything else on one thread; `cancel`,
/// on any thread, touches only what the mutex guards.
private final class StreamTransfer: @unchecked Sendable {
    private enum Phase {
        case waiting
        /// The request is in progress, with the address of libcurl's multi handle.
        case running(multi: UInt)
        case cancelled
    }

    private static let library: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

    private let settings: HTTPStream.Settings
    private let continuation: AsyncThrowingStream<HTTPStream.Event, any Error>.Continuation
    private let phase = Mutex(Phase.waiting)
    private var status = 0
    private var headers: [String: String] = [:]
    private var taken = 0
    private var isTooLarge = false
    private var lastArrival = ContinuousClock.now

    init(
        settings: HTTPStream.Settings, continuation: AsyncThrowingStream<HTTPStream.Event, any Error>.Continuation
    ) {
        _ = Self.library
        self.settings = settings
        self.continuation = continuation
    }

    func cancel() {
        phase.withLock { phase in
            if case .running(let multi) = phase { curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: multi)) }
            phase = .cancelled
        }
    }

    private var isCancelled: Bool {
        phase.withLock { if case .cancelled = $0 { true } else { false } }
    }

    func run(_ request: HTTPRequest) throws(HTTPStream.Failure) {
        guard let easy = curl_easy_init(), let multi = curl_multi_init() else {
            preconditionFailure("libcurl could not create a handle")
        }
        var lines: UnsafeMutablePointer<curl_slist>?
        defer {
            // From here on, `cancel` must not wake the handle, which is about to be freed.
            phase.withLock { $0 = .cancelled }
            curl_multi_remove_handle(multi, easy)
            curl_easy_cleanup(easy)
            curl_multi_cleanup(multi)
            curl_slist_free_all(lines)
        }
        let address = UInt(bitPattern: multi)
        let mayRun = phase.withLock { phase in
            guard case .waiting = phase else { return false }
            phase = .running(multi: address)
            return true
        }
        guard mayRun else { return }
        // An empty “Expect:” avoids waiting for “100 Continue” before a body.
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            lines = curl_slist_append(lines, line)
        }
        hearth_curl_set_text(easy, CURLOPT_URL, request.url)
        hearth_curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        hearth_curl_set_pointer(easy, CURLOPT_HTTPHEADER, lines)
        var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let result = request.body.withUnsafeBytes { body in
            errorText.withUnsafeMutableBufferPointer { errorText in
                hearth_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText.baseAddress)
                if request.method != .get {
                    hearth_curl_set_pointer(easy, CURLOPT_POSTFIELDS, body.baseAddress)
                    hearth_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
                }
                setOptions(easy)
                curl_multi_add_handle(multi, easy)
                return drive(multi)
            }
        }
        switch result {
        case .cancelled, .finished(CURLE_OK): return
        case .idle: throw .timedOut("nothing arrived for \(settings.idleTimeout)")
        case .finished(let code):
            if isTooLarge { throw .tooLarge(bytes: settings.largestAnswer) }
            let detail = String(decoding: errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let cause = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
            throw code == CURLE_OPERATION_TIMEDOUT ? .timedOut(cause) : .broken(cause)
        }
    }

    private enum Outcome {
        case cancelled
        case idle
        case finished(CURLcode)
    }

    private func drive(_ multi: UnsafeMutableRawPointer) -> Outcome {
        lastArrival = .now
        while !isCancelled {
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return .finished(CURLE_FAILED_INIT) }
            var waiting: Int32 = 0
            if let message = curl_multi_info_read(multi, &waiting), message.pointee.msg == CURLMSG_DONE {
                return .finished(message.pointee.data.result)
            }
            let left = settings.idleTimeout - (ContinuousClock.now - lastArrival)
            guard left > .zero else { return .idle }
            // `cancel` interrupts the wait; libcurl shortens it for its own timers.
            curl_multi_poll(multi, nil, 0, Int32(min(left / .milliseconds(1) + 1, 1000)), nil)
        }
        return .cancelled
    }

    private func setOptions(_ easy: UnsafeMutableRawPointer) {
        hearth_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        hearth_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        hearth_curl_set_text(easy, CURLOPT_USERAGENT, settings.userAgent)
        hearth_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout / .milliseconds(1)))
        hearth_curl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(settings.timeout / .milliseconds(1)))
        if let authorityFile = settings.authorityFile {
            hearth_curl_set_text(easy, CURLOPT_CAINFO, authorityFile)
        }
        // `run` keeps the transfer alive while libcurl runs.
        let context = Unmanaged.passUnretained(self).toOpaque()
        hearth_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        hearth_curl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            StreamTransfer.of(context).take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        hearth_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        hearth_curl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            StreamTransfer.of(context).take(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> StreamTransfer {
        Unmanaged<StreamTransfer>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Returns the number of bytes accepted; fewer than there are end the transfer.
    private func take(body bytes: UnsafeRawBufferPointer) -> Int {
        lastArrival = .now
        guard taken + bytes.count <= settings.largestAnswer else {
            isTooLarge = true
            return 0
        }
        taken += bytes.count
        if case .terminated = continuation.yield(.chunk(Array(bytes))) { return 0 }
        return bytes.count
    }

    private func take(header bytes: UnsafeRawBufferPointer) -> Int {
        lastArrival = .now
        let line = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        if line.isEmpty {
            // The end of a head. One such as “100 Continue” does not belong to the answer.
            if status >= 200 { continuation.yield(.head(status: status, headers: headers)) }
        } else if line.hasPrefix("HTTP/") {
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            headers = [:]
        } else if headers.count < 100, let colon = line.firstIndex(of: ":") {
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return bytes.count
    }
}
