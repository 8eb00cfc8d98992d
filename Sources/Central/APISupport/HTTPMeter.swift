internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
package import Telemetry

/// Counts requests and measures how long their answers take, by route.
package final class HTTPMeter: MetricSource {
    private let requests = LabelledCounter(
        "hearth_http_requests_total", "Answered requests.", labels: ["method", "route", "status"])
    private let durations = DurationHistogram(
        "hearth_http_request_duration_seconds", "Time from a request to the start of its response.",
        labels: ["method", "route"])
    private let inFlight = Mutex(0)

    /// The methods counted by name. All others count as `other`, because callers can invent any number of them.
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// Creates a meter that has counted nothing.
    package init() {}

    fileprivate func begin() { inFlight.withLock { $0 += 1 } }

    fileprivate func end(_ request: Request, _ context: CallContext, status: Int, took duration: Duration) {
        inFlight.withLock { $0 -= 1 }
        let method = Self.methods.contains(request.method) ? request.method.rawValue : "other"
        // The route's pattern instead of the requested path, which has unbounded values.
        let route = context.endpointPath.map { $0 == "NotFound" ? "none" : $0 } ?? "none"
        requests.add(1, method, route, String(status))
        durations.record(duration, method, route)
    }

    /// Returns the number, duration and concurrency of requests.
    package func metrics() async -> [MetricFamily] {
        [
            requests.family, durations.family,
            MetricFamily(
                .gauge, "hearth_http_requests_in_flight", "Requests whose response has not started yet.",
                inFlight.withLock(\.self)),
        ]
    }
}

/// Measures every request with an `HTTPMeter`.
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
