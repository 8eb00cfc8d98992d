import Building
import Foundation
import HTTPClient
import Logging
import WireFormat

/// The requests that a gateway makes to the central service.
struct CentralClient: Sendable {
    let transport: any HTTPTransport
    /// Without a slash at the end.
    let baseURL: String
    let token: @Sendable () throws -> String
    let logger: Logger
    let refusals: UplinkRefusals

    /// Tells the building's rooms and devices. What of it is refused is kept for people; the rest was taken.
    func register(_ inventory: Inventory) async -> Link.Outcome {
        let path = UplinkPath.inventory
        var refused: [RefusedInventoryEntry] = []
        let outcome = await tell(.put, path, inventory, incarnation: nil) { answer in
            guard answer.headers[UplinkPath.receiptHeader.lowercased()] == path else { return false }
            if answer.status == 204 { return true }
            guard answer.status == 200,
                let receipt = try? JSONDecoder().decode(InventoryReceipt.self, from: Data(answer.body))
            else { return false }
            refused = receipt.refused
            return true
        }
        if let first = refused.first {
            let others = refused.count > 1 ? " (and \(refused.count - 1) more entries)" : ""
            refusals.note(Self.subject(of: path), "\(first.entry): \(first.reason)\(others)")
        }
        return outcome
    }

    func put(_ path: String, _ message: some Encodable, incarnation: UUID? = nil) async -> Link.Outcome {
        await tell(.put, path, message, incarnation: incarnation)
    }

    func post(_ path: String, _ message: some Encodable, incarnation: UUID) async -> Link.Outcome {
        await tell(.post, path, message, incarnation: incarnation)
    }

    /// The request that sends a batch.
    ///
    /// - Throws: where there is no token.
    func request(batch bytes: [UInt8], incarnation: UUID) throws -> HTTPRequest {
        request(
            .post, UplinkPath.batches, type: ReadingBatch.mediaType, body: bytes, token: try token(),
            incarnation: incarnation)
    }

    /// What became of a batch of these numbers.
    func outcome(
        ofBatch numbers: Range<Int64>, store: StoreID, _ answer: Result<HTTPAnswer, any Error>
    ) -> Link.Outcome {
        outcome(of: answer, path: UplinkPath.batches) { answer in
            // Whoever else says 200 on the way, a captive portal for one, does not know what we sent.
            guard let receipt = try? JSONDecoder().decode(BatchReceipt.self, from: Data(answer.body)) else {
                return false
            }
            return answer.status == 200 && StoreID(receipt.store) == store
                && receipt.first.value == numbers.lowerBound && receipt.end.value == numbers.upperBound
        }
    }

    /// Asks for wishes above `version`, and waits for them.
    ///
    /// - Parameter wait: seconds after which the answer comes in any case.
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
                refusals.note(Self.subject(of: UplinkPath.desiredStates), "the answer is not a list: \(error)")
            }
            return list != nil
        }
        return list.map { .success($0) } ?? .failure(.init(outcome))
    }

    /// Tells what holds.
    ///
    /// - Returns: what of it was refused, where the answer says; nothing where all of it was taken.
    func report(_ report: StateReport) async -> (outcome: Link.Outcome, refused: [RejectedReportedState], why: String?)
    {
        let token: String
        do { token = try self.token() } catch { return (.unready(why: "\(error)"), [], nil) }
        let path = UplinkPath.reportedStates
        let request = request(
            .put, path, type: "application/json", body: json(report), token: token, incarnation: nil)
        let answer: Result<HTTPAnswer, any Error>
        do { answer = .success(try await transport.perform(request)) } catch { answer = .failure(error) }
        var refused: [RejectedReportedState] = []
        let outcome = outcome(of: answer, path: path) { answer in
            guard answer.headers[UplinkPath.receiptHeader.lowercased()] == path else { return false }
            if answer.status == 204 { return true }
            guard answer.status == 200,
                let receipt = try? JSONDecoder().decode(StateReceipt.self, from: Data(answer.body))
            else { return false }
            refused = receipt.refused.filter { report.reportedStates.indices.contains($0.index) }
            return true
        }
        guard outcome != .accepted, case .success(let answer) = answer else { return (outcome, refused, nil) }
        return (outcome, [], ErrorAnswer(answer.body)?.error.message)
    }

    /// Why no wishes came.
    struct DesiredStateFailure: Error {
        var outcome: Link.Outcome

        init(_ outcome: Link.Outcome) { self.outcome = outcome }
    }

    /// What a declaration is about, for people.
    static let losses = "a declaration of losses"

    /// What a request is about, for people.
    private static func subject(of path: String) -> String {
        switch path {
        case UplinkPath.inventory: "the inventory"
        case UplinkPath.batches: "a batch of readings"
        case UplinkPath.desiredStates: "the request for wishes"
        case _ where path.hasSuffix("/losses"): losses
        case _ where path.hasSuffix("/report"): "the store's report"
        default: "the store"
        }
    }

    private func json(_ message: some Encodable) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(message))
        } catch {
            preconditionFailure("a message of ours can always be written as JSON: \(error)")
        }
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, type: String, body: [UInt8], token: String, incarnation: UUID?
    ) -> HTTPRequest {
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", type)]
        if let incarnation { headers.append((UplinkPath.incarnationHeader, incarnation.uuidString.lowercased())) }
        return HTTPRequest(method: method, url: baseURL + path, headers: headers, body: body)
    }

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

    /// What a server asks for: anybody's number. No pause is longer than a day, whoever asks for it.
    private static func pause(seconds: Int64) -> Duration? {
        seconds < 0 ? nil : .seconds(min(seconds, 86_400))
    }

    private func outcome(
        of answer: Result<HTTPAnswer, any Error>, path: String, isReceipt: (HTTPAnswer) -> Bool
    ) -> Link.Outcome {
        switch answer {
        case .failure(let error):
            logger.debug("no answer from the central service", metadata: ["error": "\(error)"])
            return .unanswered
        case .success(let answer):
            let wasTaken = isReceipt(answer)
            // Of states each entry is told by itself, and of losses a part may be taken while another is refused.
            if path != UplinkPath.reportedStates, !(wasTaken && path.hasSuffix("/losses")) {
                refusals.note(Self.subject(of: path), answer: answer.status, answer.body, wasTaken: wasTaken)
            }
            if wasTaken { return .accepted }
            logger.debug(
                "the central service refused",
                metadata: [
                    "path": "\(path)", "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
            let retryAfter = answer.headers["retry-after"].flatMap { Int64($0) }.flatMap(Self.pause)
            return .refused(status: answer.status, retryAfter: retryAfter)
        }
    }
}
