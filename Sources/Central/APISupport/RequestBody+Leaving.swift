package import Hummingbird

extension RequestBody {
    /// Runs `operation`, and cancels it when the client disconnects. The rest of the body is not read, and the
    /// connection can't be used again.
    package func whileClientStays(_ operation: () async throws -> Void) async throws {
        try await consumeWithCancellationOnInboundClose { rest in
            // If the body was read before, `rest` never ends, and NIO ends the process if the source of such a sequence
            // is released first. Releasing an iterator ends it.
            _ = rest.makeAsyncIterator()
            try await operation()
        }
    }
}
