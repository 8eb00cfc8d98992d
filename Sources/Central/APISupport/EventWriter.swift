package import Hummingbird

/// Passes a response's writer to the one task that writes.
///
/// `@unchecked Sendable`: until that task has ended, nobody else touches the writer.
package final class EventWriter: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    package init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    package func write(_ text: String) async throws { try await writer.write(ByteBuffer(string: text)) }
}
