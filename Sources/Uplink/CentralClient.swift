import Building
import Foundation
import HTTPTransfer
import Logging
import WireFormat

/// The requests that a gateway makes to the central service.
struct CentralClient: Sendable {
    let transfer: HTTPTransfer
    /// Without a slash at the end.
    let baseURL: String
    let token: @Sendable () throws -> String
    let logger: Logger

    func introduce(_ inventory: Inventory) async -> Link.Outcome {
        await put(UplinkPath.inventory, inventory)
    }

    func put(_ path: String, _ message: some Encodable, incarnation: UUID? = nil) async -> Link.Outcome {
        await request(.put, path, type: "application/json", body: json(message), incarnation: incarnation) {
            $0.status == 204
        }
    }

    func post(_ path: String, _ message: some Encodable, incarnation: UUID) async -> Link.Outcome {
        await request(.post, path, type: "application/json", body: json(message), incarnation: incarnation) {
            $0.status == 204
        }
    }

    func send(_ batch: [UInt8], numbers: Range<Int64>, store: StoreID, incarnation: UUID) async -> Link.Outcome {
        await request(.post, UplinkPath.batches, type: ReadingBatch.mediaType, body: batch, incarnation: incarnation) {
            answer in
            // Whoever else says 200 on the way, a captive portal for one, does not know what we sent.
            guard let receipt = try? JSONDecoder().decode(BatchReceipt.self, from: Data(answer.body)) else {
                return false
            }
            return answer.status == 200 && StoreID(receipt.store) == store
                && receipt.first == numbers.lowerBound && receipt.end == numbers.upperBound
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
        _ method: HTTPRequest.Method, _ path: String, type: String, body: [UInt8], incarnation: UUID?,
        isReceipt: (HTTPAnswer) -> Bool
    ) async -> Link.Outcome {
        let token: String
        do { token = try self.token() } catch { return .unready(why: "\(error)") }
        var headers = [("Authorization", "Bearer \(token)"), ("Content-Type", type)]
        if let incarnation { headers.append((UplinkPath.incarnationHeader, incarnation.uuidString.lowercased())) }
        let request = HTTPRequest(method: method, url: baseURL + path, headers: headers, body: body)
        do {
            let answer = try await transfer.perform(request)
            if isReceipt(answer) { return .accepted }
            logger.debug(
                "the central service refused",
                metadata: [
                    "path": "\(path)", "status": "\(answer.status)",
                    "answer": "\(String(decoding: answer.body.prefix(500), as: UTF8.self))",
                ])
            let retryAfter = answer.headers["retry-after"].flatMap(Int.init).map { Duration.seconds(max(0, $0)) }
            return .refused(status: answer.status, retryAfter: retryAfter)
        } catch {
            logger.debug("no answer from the central service", metadata: ["error": "\(error)"])
            return .unanswered
        }
    }
}
