import CCurl

/// libcurl's easy handle.
///
/// `@unchecked Sendable`: each handle belongs to one line of `HTTPClient` and is used only on that line's serial queue.
final class EasyHandle: @unchecked Sendable {
    private var curl: OpaquePointer
    private let settings: HTTPClient.Settings
    /// The number of failures when the connection was last used.
    private var failures = 0

    private static let library: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

    init(settings: HTTPClient.Settings) {
        _ = Self.library
        curl = Self.make()
        self.settings = settings
    }

    private static func make() -> OpaquePointer {
        guard let handle = curl_easy_init() else { preconditionFailure("libcurl could not create a handle") }
        return OpaquePointer(handle)
    }

    /// Closes all connections, including those that libcurl keeps besides the last used one.
    private func disconnect() {
        curl_easy_cleanup(handle)
        curl = Self.make()
    }

    deinit { curl_easy_cleanup(UnsafeMutableRawPointer(curl)) }

    private var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(curl) }

    /// Performs a request and blocks until it has ended.
    ///
    /// - Parameters:
    ///   - ending: A signal to end the request early, within about a second, as one without an answer.
    ///   - failures: The number of requests to this server that got no answer so far. A connection from before the last
    ///     of them is not reused.
    func perform(
        _ request: HTTPRequest, until ending: Ending, failures: Int
    ) throws(HTTPClientError) -> HTTPAnswer {
        if failures != self.failures { disconnect() }
        self.failures = failures
        // A reset keeps live connections, and clears the options of the last request.
        curl_easy_reset(handle)
        let exchange = Exchange(largestAnswer: settings.largestAnswer, ending: ending)
        var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        // An empty “Expect:” avoids waiting for “100 Continue” before a body.
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            headers = curl_slist_append(headers, line)
        }
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        let code = withExtendedLifetime(exchange) {
            request.body.withUnsafeBytes { body in
                errorText.withUnsafeMutableBufferPointer { errorText in
                    hearth_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress)
                    hearth_curl_set_text(handle, CURLOPT_URL, request.url)
                    hearth_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
                    hearth_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
                    if request.method != .get {
                        hearth_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
                        hearth_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
                    }
                    setCommonOptions(context: context)
                    return curl_easy_perform(handle)
                }
            }
        }
        guard code == CURLE_OK else {
            let detail = String(decoding: errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let cause =
                exchange.isTooLarge
                ? "the response is longer than \(settings.largestAnswer) bytes"
                : detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
            throw HTTPClientError(description: "\(request.method.rawValue) \(request.shownURL): \(cause)")
        }
        var status = 0
        hearth_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return HTTPAnswer(status: status, headers: exchange.headers, body: exchange.body)
    }

    private func setCommonOptions(context: UnsafeMutableRawPointer) {
        hearth_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Only the protocols that a configuration may name. Redirects are left to the operator to follow.
        hearth_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        hearth_curl_set_text(handle, CURLOPT_USERAGENT, settings.userAgent)
        hearth_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout / .milliseconds(1)))
        hearth_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(settings.timeout / .milliseconds(1)))
        // A link over which nothing moves for 17 s is dead, however long the whole request may take. libcurl averages
        // the speed over some seconds, so that it gives up after about 23 s.
        hearth_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
        hearth_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, 17)
        hearth_curl_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        if let authorityFile = settings.authorityFile {
            hearth_curl_set_text(handle, CURLOPT_CAINFO, authorityFile)
        }
        hearth_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        hearth_curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        // libcurl calls it about once a second, even while nothing moves.
        hearth_curl_set_progress(handle, CURLOPT_XFERINFOFUNCTION) { context, _, _, _, _ in
            Exchange.of(context).ending.isAsked ? 1 : 0
        }
        hearth_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        hearth_curl_set_transfer(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Exchange.of(context).take(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        hearth_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        hearth_curl_set_transfer(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Exchange.of(context).take(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }
}

/// The state that libcurl's callbacks fill during one request.
private final class Exchange {
    let largestAnswer: Int
    let ending: Ending
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    var isTooLarge = false

    init(largestAnswer: Int, ending: Ending) {
        self.largestAnswer = largestAnswer
        self.ending = ending
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange {
        // `perform` keeps the exchange alive while libcurl runs.
        Unmanaged<Exchange>.fromOpaque(context!).takeUnretainedValue()
    }

    /// Returns the number of bytes accepted; fewer than there are end the transfer.
    func take(body bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= largestAnswer else {
            isTooLarge = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    func take(header bytes: UnsafeRawBufferPointer) -> Int {
        guard headers.count < 100, let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return bytes.count }
        let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        let value = bytes[(colon + 1)...].drop { $0 == 0x20 }.prefix { $0 != 0x0D && $0 != 0x0A }
        headers[name] = String(decoding: Array(value), as: UTF8.self)
        return bytes.count
    }
}
