import Building
import Foundation
import HTTPClient
import Logging
import WireFormat

/// A client for the requests that a gateway makes to the central service.
struct CentralClient: Sendable {
    let transport: any HTTPTransport
    /// The base URL, without a trailing slash.
    let baseURL: String
    /// Returns the gateway's token; called for each request.
    let token: @Sendable () throws -> String
    let logger: Logger
    let refusals: UplinkRefusals

    /// Sends the building's rooms and devices. Rejected entries are noted for operators; the others were accepted.
    func register(_ inventory: Inventory) async -> Link.Outcome {
        let path = UplinkPath.inventory
        var rejected: [RejectedInventoryEntry] = []
        let outcome = await tell(.put, path, inventory, incarnation: nil) { answer in
            guard answer.headers[UplinkPath.receiptHeader.lowercased()] == path else { return false }
            if answer.status == 204 { return true }
            guard answer.status == 200,
                let receipt = try? JSONDecoder().decode(InventoryReceipt.self, from: Data(answer.body))
            else { return false }
            rejected = receipt.rejected
            return true
        }
        if let first = rejected.first {
            let others = rejected.count > 1 ? " (and \(rejected.count - 1) more entries)" : ""
            refusals.note(Self.subject(of: path), "\(first.entry): \(first.reason)\(others)")
        }
        return outcome
    }

    /// Sends a message as JSON with PUT.
    func put(_ path: String, _ message: some Encodable, incarnation: UUID? = nil) async -> Link.Outcome {
        await tell(.put, path, message, incarnation: incarnation)
    }

    /// Sends a message as JSON with POST.
    func post(_ path: String, _ message: some Encodable, incarnation: UUID) async -> Link.Outcome {
        await tell(.post, path, message, incarnation: incarnation)
    }

    /// Returns the request that sends a batch.
    ///
    /// - Throws: the error of `token` if there is none.
    func request(batch bytes: [UInt8], incarnation: UUID) throws -> HTTPRequest {
        request(
            .post, UplinkPath.batches, type: ReadingBatch.mediaType, body: bytes, token: try token(),
            incarnation: incarnation)
    }

    /// Returns the outcome of a batch with these numbers.
    func outcome(
        ofBatch numbers: Range<Int64>, store: StoreID, _ answer: Result<HTTPAnswer, any Error>
    ) -> Link.Outcome {
        outcome(of: answer, path: UplinkPath.batches) { answer in
            // Another server on the path, such as a captive portal, may answer 200 as well, but it can't know what was
            // sent.
            guard let receipt = try? JSONDecoder().decode(BatchReceipt.self, from: Data(answer.body)) else {
                return false
            }
            return answer.status == 200 && StoreID(receipt.store) == store
                && receipt.first.value == numbers.lowerBound && receipt.end.value == numbers.upperBound
        }
    }

    /// Requests desired states above `version`, waiting for them if there are none (long polling).
    ///
    /// - Parameter wait: the number of seconds after which the response comes in any case.
    func desiredStates(after version: Int64, wait: Int) async -> Result<DesiredStateList, DesiredStateFailure> {
        let token: String
        do { token = try self.token() } catch { return .failure(.init(.unready(why: "\(error)"))) }
        let request = HTTPRequest(
            method: .get, url: baseURL + UplinkPath.desiredStates + "?after=\(version)&wait=\(wait)",
            headers: [("Authorization", "Bearer \(token)")])
        let answer: Result<HTTPAnswer, any Error>
        do { answer = .success(try await transport.perform(request)) } catch { answer = .failure(error) }
        var list: DesiredStateList?
        let outcome = outcome(of: answer, path: UplinkPath.desiredStates) { answer in
            guard answer.status == 200,
                answer.headers[UplinkPath.receiptHeader.lowercased()] == UplinkPath.desiredStates
            else { return false }
            do {
                list = try JSONDecoder().decode(DesiredStateList.self, from: Data(answer.body))
            } catch {
                refusals.note(Self.subject(of: UplinkPath.desiredStates), "the response is not a list: \(error)")
            }
            return list != nil
        }
        return list.map { .success($0) } ?? .failure(.init(outcome))
    }

    /// Sends the reported state.
    ///
    /// - Returns: the outcome, the rejected entries if the response names them, and the reason if the whole report was
    ///   refused.
    func report(_ report: StateReport) async -> (outcome: Link.Outcome, rejected: [RejectedReportedState], why: String?)
    {
        let token: String
        do { token = try self.token() } catch { return (.unready(why: "\(error)"), [], nil) }
        let path = UplinkPath.reportedStates
        let request = request(
            .put, path, type: "application/json", body: json(report), token: token, incarnation: nil)
        let answer: Result<HTTPAnswer, any Error>
        do { answer = .success(try await transport.perform(request)) } catch { answer = .failure(error) }
        var rejected: [RejectedReportedState] = []
        let outcome = outcome(of: answer, path: path) { answer in
            guard answer.headers[UplinkPath.receiptHeader.lowercased()] == path else { return false }
            if answer.status == 204 { return true }
            guard answer.status == 200,
                let receipt = try? JSONDecoder().decode(StateReceipt.self, from: Data(answer.body))
            else { return false }
            rejected = receipt.rejected.filter { report.reportedStates.indices.contains($0.index) }
            return true
        }
        guard outcome != .accepted, case .success(let answer) = answer else { return (outcome, rejected, nil) }
        return (outcome, [], ErrorAnswer(answer.body)?.error.message)
    }

    /// The failure of a request for desired state.
    struct DesiredStateFailure: Error {
        var outcome: Link.Outcome

        init(_ outcome: Link.Outcome) { self.outcome = outcome }
    }

    /// The subject of a declaration, for operators.
    static let losses = "a declaration of losses"

    /// Returns the subject of a request, for operators.
    private static func subject(of path: String) -> String {
        switch path {
        case UplinkPath.inventory: "the inventory"
        case UplinkPath.batches: "a batch of readings"
        case UplinkPath.desiredStates: "the request for desired state"
        case _ where path.hasSuffix("/losses"): losses
        case _ where path.hasSuffix("/report"): "the store's report"
        default: "the store"
        }
    }

    /// Returns a message as JSON.
    private func json(_ message: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(message))
        } catch {
            preconditionFailure("own messages can always be encoded as JSON: \(error)")
        }
    }

    /// Returns a request with the token and, if given, the incarnation of the store.
    private func request(
        _ method: HTTPRequest.Method, _ path: String, type: String, body: [UInt8], token: String, incarnation: UUID?
    ) -> HTTPRequest {
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", type)]
        if let incarnation { headers.append((UplinkPath.incarnationHeader, incarnation.uuidString.lowercased())) }
        return HTTPRequest(method: method, url: baseURL + path, headers: headers, body: body)
    }

    /// Sends a message and returns its outcome. Without `isReceipt`, only status 204 with the receipt header counts as
    /// accepted.
    private func tell(
        _ method: HTTPRequest.Method, _ path: String, _ message: some Encodable, incarnation: UUID?,
        isReceipt: ((HTTPAnswer) -> Bool)? = nil
    ) async -> Link.Outcome {
        let token: String
        do { token = try self.token() } catch { return .unready(why: "\(error)") }
        let request = request(
            method, path, type: "application/json", body: json(message), token: token, incarnation: incarnation)
        let answer: Result<HTTPAnswer, any Error>
        do { answer = .success(try await transport.perform(request)) } catch { answer = .failure(error) }
        return outcome(of: answer, path: path) { answer in
            isReceipt?(answer)
                ?? (answer.status == 204 && answer.headers[UplinkPath.receiptHeader.lowercased()] == path)
        }
    }

    /// Returns the pause that a server asks for, at most a day; `nil` if the number is negative.
    private static func pause(seconds: Int64) -> Duration? {
        seconds < 0 ? nil : .seconds(min(seconds, 86_400))
    }

    /// Returns the outcome of a response. It counts as accepted only if `isReceipt` returns true.
    private func outcome(
        of answer: Result<HTTPAnswer, any Error>, path: String, isReceipt: (HTTPAnswer) -> Bool
    ) -> Link.Outcome {
        switch answer {
        case .failure(let error):
            logger.debug("no response from the central service", metadata: ["error": "\(error)"])
            return .unanswered
        case .success(let answer):
            let wasTaken = isReceipt(answer)
            // Each reported state is noted on its own, and of losses a part may be accepted while another is refused.
            if path != UplinkPath.reportedStates, !(wasTaken && path.hasSuffix("/losses")) {
                refusals.note(Self.subject(of: path), answer: answer.status, answer.body, wasTaken: wasTaken)
            }
            if wasTaken { return .accepted }
            logger.debug(
                "the central service refused a request",
                metadata: [
                    "path": "\(path)", "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
            let retryAfter = answer.headers["retry-after"].flatMap { Int64($0) }.flatMap(Self.pause)
            return .refused(status: answer.status, retryAfter: retryAfter)
        }
    }
}
