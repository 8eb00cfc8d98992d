internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
package import Telemetry

/// Counts requests and measures how long their answers take, by route.
package final class HTTPMeter: MetricSource {
    private let requests = LabelledCounter(
        "hearth_http_requests_total", "Requests that were answered.", labels: ["method", "route", "status"])
    private let durations = DurationHistogram(
        "hearth_http_request_duration_seconds", "From a request to the begin of its answer.",
        labels: ["method", "route"])
    private let inFlight = Mutex(0)

    /// Others count as one, for whoever calls may invent as many as there are letters.
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    package init() {}

    fileprivate func begin() { inFlight.withLock { $0 += 1 } }

    fileprivate func end(_ request: Request, _ context: CallContext, status: Int, took duration: Duration) {
        inFlight.withLock { $0 -= 1 }
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        // The path as the route has it: what stands in the request has no bounds.
        let route = context.endpointPath.map { $0 == "NotFound" ? "none" : $0 } ?? "none"
        requests.add(1, method, route, String(status))
        durations.record(duration, method, route)
    }

    package func metrics() async -> [MetricFamily] {
        [
            requests.family, durations.family,
            MetricFamily(
                .gauge, "hearth_http_requests_in_flight", "Requests whose answer has not begun yet.",
                inFlight.withLock(\.self)),
        ]
    }
}

/// Has an `HTTPMeter` see every request.
struct MeteredAnswers: RouterMiddleware {
    let meter: HTTPMeter

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        meter.begin()
        do {
            let response = try await next(request, context)
            meter.end(request, context, status: response.status.code, took: ContinuousClock.now - began)
            return response
        } catch {
            meter.end(request, context, status: 500, took: ContinuousClock.now - began)
            throw error
        }
    }
}
