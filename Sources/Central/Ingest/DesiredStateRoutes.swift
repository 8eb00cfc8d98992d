package import APISupport
internal import Building
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
package import LiveUpdates
package import Logging
package import Storage
internal import WireFormat

/// The routes by which gateways fetch desired states and send reported states.
///
/// Desired state is pulled by long polling: the gateway's request waits until there is a change. So the gateway learns
/// of it at once, and needs no reachable address.
package struct DesiredStateRoutes: Sendable {
    private let store: CentralStore
    private let hub: DesiredStateHub
    private let refusals: RefusalBook

    /// The longest time that a request may wait, in seconds.
    private static let longestWait = 25

    /// Creates the routes.
    package init(store: CentralStore, hub: DesiredStateHub, logger: Logger) {
        self.store = store
        self.hub = hub
        refusals = RefusalBook(store: store, logger: logger)
    }

    /// Adds the routes to `book`.
    package func register(in book: inout RouteTable) {
        book.add(.get, UplinkPath.desiredStates, for: [.gateway], desiredStates)
        book.add(.put, UplinkPath.reportedStates, for: [.gateway], takeReportedStates)
    }

    @Sendable
    private func desiredStates(_ request: Request, _ context: CallContext, _ caller: Caller) async throws -> Response {
        let query = try QueryParameters(request, known: ["after", "wait"])
        let after = Int64(try query.integer("after", in: 0...Int(1 << 53)) ?? 0)
        let wait = try query.integer("wait", in: 0...Self.longestWait) ?? 0
        let (building, hub, store) = (try caller.building, hub, store)
        let end = ContinuousClock.now + .seconds(wait)
        let answer = try await hub.watch(building: building.id) { watch in
            while true {
                let answer = try await store.desiredStates(of: building, after: after)
                let left = end - ContinuousClock.now
                let isNews = !answer.desiredStates.isEmpty || answer.version != after
                if isNews || left <= .zero || hub.isEnding || Task.isCancelled { return answer }
                await watch.wait(atMost: left)
            }
        }
        guard let answer else {
            throw APIError.tryLater(.tooManyRequests, code: "busy", "Too many requests are waiting for this building.")
        }
        let list = DesiredStateList(
            version: answer.version, desiredStates: answer.desiredStates.compactMap(DesiredState.init))
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        if let name = HTTPField.Name(UplinkPath.receiptHeader) { headers[name] = request.uri.path }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Array(try JSONEncoder().encode(list)))))
    }

    @Sendable
    private func takeReportedStates(_ request: Request, _ context: CallContext, _ caller: Caller) async throws
        -> Response
    {
        let building = try caller.building
        let report: StateReport
        do {
            report = try await readReportedStates(request)
        } catch {
            await refusals.note(error, .reportedStates, of: building)
            throw error
        }
        try await store.note(
            report.reportedStates.map(GatewayReportedState.init), refused: report.rejected.map(UplinkRefusal.init),
            of: building)
        guard let first = report.rejected.first else { return .receipt(for: request) }
        context.logger.warning(
            "State report entries rejected: see uplink_refusal",
            metadata: [
                "building": "\(building.slug)", "rejected": "\(report.rejected.count)",
                "accepted": "\(report.reportedStates.count)", "first": "\(first.room ?? first.device ?? "?")",
                "reason": "\(first.reason)",
            ])
        return try .receipt(
            for: request, StateReceipt(accepted: report.reportedStates.count, rejected: report.rejected))
    }

    private func readReportedStates(_ request: Request) async throws -> StateReport {
        let report = try await request.message(
            StateReport.self, code: "bad_reported_state", atMost: WireLimits.messageBytes)
        let count = report.reportedStates.count + report.rejected.count
        guard count <= WireLimits.reportedStates else {
            throw APIError.badRequest(
                code: "bad_reported_state",
                "The report has \(count) entries; the limit is \(WireLimits.reportedStates).")
        }
        return report
    }
}

extension GatewayReportedState {
    fileprivate init(_ message: ReportedState) {
        self.init(
            subject: message.room.map { .room($0.text) } ?? .device(message.device?.text ?? ""),
            version: message.version, state: message.state.rawValue, celsius: message.celsius,
            mode: message.mode?.text, watts: message.watts, source: message.source?.text, who: message.who?.text,
            until: message.until, reason: message.reason?.text)
    }
}

extension UplinkRefusal {
    fileprivate init(_ rejected: RejectedReportedState) {
        self.init(
            message: .reportedStates, subject: (rejected.room ?? rejected.device)?.text ?? "",
            reason: rejected.reason.text)
    }
}

extension Response {
    /// Returns the receipt of a message that was accepted in part.
    static func receipt(for request: Request, _ receipt: some Encodable) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if let name = HTTPField.Name(UplinkPath.receiptHeader) { headers[name] = request.uri.path }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Array(try JSONEncoder().encode(receipt)))))
    }
}

extension DesiredState {
    /// Creates the message for a gateway; `nil` if its subject was written by other tools and is not valid.
    fileprivate init?(_ desired: GatewayDesiredState) {
        var (room, device): (Slug?, DeviceText?)
        var (celsius, command): (Double?, StorageCommand?)
        switch desired.subject {
        case .setpoint(let slug, let wanted): (room, celsius) = (Slug(slug), wanted)
        case .storage(let id, let wanted): (device, command) = (DeviceText(id), wanted)
        }
        guard room != nil || device != nil else { return nil }
        self.init(
            version: desired.version, room: room, device: device, celsius: celsius, mode: command?.mode,
            watts: command?.watts, source: desired.source == .guest ? .guest : .central, who: desired.who,
            until: desired.until, created: desired.created)
    }
}
