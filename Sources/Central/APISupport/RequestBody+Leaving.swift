package import Hummingbird

extension RequestBody {
    /// Runs `operation`, and cancels it when the client leaves. What is left of the body is not read, and the connection
    /// is used up.
    package func whileClientStays(_ operation: () async throws -> Void) async throws {
        try await consumeWithCancellationOnInboundClose { rest in
            // Who has read the body before would find `rest` without an end, and NIO ends the process where the source of
            // such a sequence goes first. An iterator that has gone ends it.
            _ = rest.makeAsyncIterator()
            try await operation()
        }
    }
}
