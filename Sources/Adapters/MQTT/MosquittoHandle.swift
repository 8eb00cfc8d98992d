import CMosquitto
import Glibc

/// A client object of libmosquitto with its calls, for use on one thread.
final class MosquittoHandle {
    private let mosquitto: OpaquePointer
    let context: CallbackContext
    let settings: MQTTSettings
    private var isReadingLog = true

    /// The one-time initialisation of the library. libmosquitto counts these calls; the library is never torn down.
    private static let library: Void = { mosquitto_lib_init() }()

    init(settings: MQTTSettings, version: MQTTVersion) throws(MQTTFailure) {
        _ = Self.library
        self.settings = settings
        let context = CallbackContext(settings: settings)
        self.context = context
        let clean = settings.sessionExpirySeconds == nil
        guard let handle = mosquitto_new(settings.clientID, clean, Unmanaged.passUnretained(context).toOpaque()) else {
            throw MQTTFailure("libmosquitto could not create a client: \(String(cString: strerror(errno)))")
        }
        mosquitto = handle
        // “Threaded” makes the library queue its output, above all PUBACKs, until `write` is called.
        mosquitto_threaded_set(handle, true)
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version.rawValue)
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.receiveMaximum))
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(settings.sendMaximum))
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        setCallbacks()
        try configure()
    }

    deinit { mosquitto_destroy(mosquitto) }

    private func setCallbacks() {
        mosquitto_connect_v5_callback_set(mosquitto) { _, object, reason, flags, _ in
            let context = MosquittoHandle.context(object)
            context.connectAnswer = (reason, flags)
            context.redelivery.begin(sessionPresent: reason == 0 && flags & 1 != 0)
        }
        mosquitto_publish_v5_callback_set(mosquitto) { _, object, packet, reason, _ in
            MosquittoHandle.context(object).published(packet: packet) { isConfirmedByAnswer in
                if reason >= 0x80 { return .refused(reason: MosquittoHandle.reason(reason, version: .v5)) }
                return isConfirmedByAnswer ? .accepted : .unconfirmed
            }
        }
        mosquitto_unsubscribe_callback_set(mosquitto) { _, object, packet in
            let context = MosquittoHandle.context(object)
            if context.question == packet { context.question = nil }
        }
        mosquitto_log_callback_set(mosquitto) { _, object, _, text in
            guard let text else { return }
            let length = strlen(text)
            text.withMemoryRebound(to: UInt8.self, capacity: length) {
                MosquittoHandle.context(object).redelivery.note(line: UnsafeBufferPointer(start: $0, count: length))
            }
        }
        mosquitto_subscribe_callback_set(mosquitto) { _, object, id, count, granted in
            let context = MosquittoHandle.context(object)
            guard let filter = context.subscriptions.removeValue(forKey: id), count > 0, let granted else { return }
            if granted[0] >= 0x80 { context.refusedSubscriptions.append(filter) }
        }
        mosquitto_disconnect_v5_callback_set(mosquitto) { _, object, reason, _ in
            MosquittoHandle.context(object).farewell = reason
        }
        mosquitto_message_callback_set(mosquitto) { _, object, message in
            guard let message = message?.pointee else { return }
            let context = MosquittoHandle.context(object)
            let size = Int(message.payloadlen)
            let bytes = UnsafeRawBufferPointer(start: message.payload, count: min(size, context.largestPayload))
            var copy = MQTTMessage(
                topic: String(cString: message.topic), payload: bytes,
                qualityOfService: QualityOfService(rawValue: message.qos) ?? .atMostOnce, isRetained: message.retain)
            copy.payloadSize = size
            copy.packetID = UInt16(truncatingIfNeeded: message.mid)
            context.append(copy)
        }
    }

    private static func context(_ object: UnsafeMutableRawPointer?) -> CallbackContext {
        // The handle owns the context and outlives every callback.
        Unmanaged<CallbackContext>.fromOpaque(object!).takeUnretainedValue()
    }

    private func configure() throws(MQTTFailure) {
        if let user = settings.user {
            try check(mosquitto_username_pw_set(mosquitto, user, settings.password), "set user and password")
        }
        if let tls = settings.tls {
            if tls.authorityFile == nil { mosquitto_int_option(mosquitto, MOSQ_OPT_TLS_USE_OS_CERTS, 1) }
            try check(
                mosquitto_tls_set(mosquitto, tls.authorityFile, nil, tls.certificateFile, tls.keyFile, nil),
                "use the TLS files \([tls.authorityFile, tls.certificateFile, tls.keyFile].compactMap { $0 }), which must "
                    + "exist, be in PEM format and be readable by this user")
        }
        if let will = settings.will {
            try check(
                mosquitto_will_set(
                    mosquitto, will.topic, Int32(will.payload.count), will.payload, will.qualityOfService.rawValue,
                    will.isRetained), "set the last will")
        }
    }

    /// Opens the socket and queues CONNECT. Blocks for as long as the system's connect does.
    func connect(version: MQTTVersion) throws(MQTTFailure) {
        context.connectAnswer = nil
        context.farewell = nil
        context.beginGroup()
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if version == .v5, let expiry = settings.sessionExpirySeconds {
            mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), expiry)
        }
        let keepAlive = Int32(max(5, settings.keepAlive.components.seconds))
        try check(
            mosquitto_connect_bind_v5(
                mosquitto, settings.host, Int32(settings.port), keepAlive, nil, version == .v5 ? properties : nil),
            "connect")
    }

    func subscribe(version: MQTTVersion) throws(MQTTFailure) {
        for subscription in settings.subscriptions where subscription.version ?? version == version {
            let options = subscription.wantsRetained ? 0 : Int32(MQTT_SUB_OPT_SEND_RETAIN_NEVER.rawValue)
            var id: Int32 = 0
            try check(
                mosquitto_subscribe_v5(
                    mosquitto, &id, subscription.filter, subscription.qualityOfService.rawValue,
                    version == .v5 ? options : 0, nil),
                "subscribe to \(subscription.filter)")
            context.subscriptions[id] = subscription.filter
        }
    }

    /// Passes a message to the library.
    ///
    /// - Parameter onOutcome: A handler for the outcome, called once, on this thread.
    func publish(
        _ message: MQTTMessage, version: MQTTVersion, onOutcome: MQTTClient.OutcomeHandler?
    ) throws(MQTTFailure) {
        var packet: Int32 = 0
        let code = mosquitto_publish_v5(
            mosquitto, &packet, message.topic, Int32(message.payload.count), message.payload,
            message.qualityOfService.rawValue, message.isRetained, nil)
        if Self.concernsMessage(code) {
            // The connection is not affected.
            onOutcome?(.refused(reason: String(cString: mosquitto_strerror(code))))
            return
        }
        try check(code, "publish to \(message.topic)")
        context.unacknowledged += 1
        if let onOutcome {
            let isConfirmed = version == .v5 && message.qualityOfService != .atMostOnce
            context.expect(.init(isConfirmedByAnswer: isConfirmed, onOutcome: onOutcome), packet: packet)
        }
    }

    /// Returns whether libmosquitto itself refuses a message: one that the broker announced it would not accept, or
    /// that MQTT cannot carry.
    private static func concernsMessage(_ code: Int32) -> Bool {
        [
            MOSQ_ERR_INVAL, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_OVERSIZE_PACKET,
            MOSQ_ERR_QOS_NOT_SUPPORTED, MOSQ_ERR_RETAIN_NOT_SUPPORTED,
        ].contains { $0.rawValue == code }
    }

    /// Sends the broker a request without effect. It processes a connection's packets in order, so that its answer
    /// shows that it has received every acknowledgement queued before. (PINGREQ is sent by the library only.)
    func askWhetherHeard() throws(MQTTFailure) {
        var packet: Int32 = 0
        try check(mosquitto_unsubscribe(mosquitto, &packet, Self.unusedFilter), "query the broker")
        context.question = packet
    }

    /// A filter to which nobody subscribes.
    private static let unusedFilter = "hearth/acknowledgements"

    /// Stops reading the library's log once nothing can be redelivered on this connection any more.
    func settleRedelivery() {
        guard isReadingLog, !context.redelivery.isOpen else { return }
        isReadingLog = false
        mosquitto_log_callback_set(mosquitto, nil)
    }

    /// Reads one packet, or the available part of it. Returns `false` if the socket held no more.
    func readPacket() throws(MQTTFailure) -> Bool {
        errno = 0
        let code = mosquitto_loop_read(mosquitto, 1)
        // The library says nothing about an empty socket, but leaves recv's EAGAIN behind.
        let wasEmpty = errno == EAGAIN
        try check(code, "read")
        return !wasEmpty
    }

    func write() throws(MQTTFailure) { try check(mosquitto_loop_write(mosquitto, 1), "write") }

    func keepAlive() throws(MQTTFailure) { try check(mosquitto_loop_misc(mosquitto), "keep the connection alive") }

    func disconnect() { mosquitto_disconnect(mosquitto) }

    var wantsToWrite: Bool { mosquitto_want_write(mosquitto) }

    /// The socket's descriptor; -1 if there is no connection.
    var socket: Int32 { mosquitto_socket(mosquitto) }

    private func check(_ code: Int32, _ action: String) throws(MQTTFailure) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        let cause =
            code == MOSQ_ERR_ERRNO.rawValue
            ? String(cString: strerror(errno)) : String(cString: mosquitto_strerror(code))
        throw MQTTFailure("could not \(action): \(cause)")
    }

    static func reason(_ code: Int32, version: MQTTVersion) -> String {
        String(cString: version == .v5 ? mosquitto_reason_string(code) : mosquitto_connack_string(code))
    }
}

/// The reason a connection could not be made or ended.
struct MQTTFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
