package import Hummingbird

/// Hands a response's writer to the one task that writes.
///
/// `@unchecked Sendable`: nothing else touches the writer until that task has ended.
package final class EventWriter: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    /// Creates a writer that sends to `writer`.
    package init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    /// Sends `text` as UTF-8.
    package func write(_ text: String) async throws { try await writer.write(ByteBuffer(string: text)) }
}
