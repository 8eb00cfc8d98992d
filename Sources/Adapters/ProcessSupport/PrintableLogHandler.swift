internal import Building
package import Logging

/// A log handler that passes entries on as single lines that are safe for a terminal, whatever external text they
/// contain.
package struct PrintableLogHandler: LogHandler {
    private var next: any LogHandler

    /// Creates a handler that passes entries on to `next`.
    package init(_ next: any LogHandler) { self.next = next }

    /// The level of the next handler.
    package var logLevel: Logger.Level {
        get { next.logLevel }
        set { next.logLevel = newValue }
    }

    /// The metadata of the next handler, made printable when set.
    package var metadata: Logger.Metadata {
        get { next.metadata }
        set { next.metadata = newValue.mapValues(Self.printable) }
    }

    /// The metadata provider of the next handler.
    package var metadataProvider: Logger.MetadataProvider? {
        get { next.metadataProvider }
        set { next.metadataProvider = newValue }
    }

    /// The metadata value of a key, made printable when set.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { next[metadataKey: key] }
        set { next[metadataKey: key] = newValue.map(Self.printable) }
    }

    /// Passes an entry on with its message and metadata made printable.
    package func log(event: LogEvent) {
        var event = event
        event.message = "\(event.message.description.printable)"
        event.metadata = event.metadata?.mapValues(Self.printable)
        next.log(event: event)
    }

    private static func printable(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(text.printable)
        case .stringConvertible(let value): .string(value.description.printable)
        case .array(let values): .array(values.map(printable))
        case .dictionary(let values):
            .dictionary(Dictionary(uniqueKeysWithValues: values.map { ($0.key, printable($0.value)) }))
        }
    }
}
