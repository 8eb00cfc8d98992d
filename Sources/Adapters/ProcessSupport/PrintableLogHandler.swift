internal import Building
package import Logging

/// Hands log lines on as one line each that a terminal can take, whatever the texts from outside in them hold.
package struct PrintableLogHandler: LogHandler {
    private var next: any LogHandler

    package init(_ next: any LogHandler) { self.next = next }

    package var logLevel: Logger.Level {
        get { next.logLevel }
        set { next.logLevel = newValue }
    }

    package var metadata: Logger.Metadata {
        get { next.metadata }
        set { next.metadata = newValue.mapValues(Self.printable) }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { next.metadataProvider }
        set { next.metadataProvider = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { next[metadataKey: key] }
        set { next[metadataKey: key] = newValue.map(Self.printable) }
    }

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
