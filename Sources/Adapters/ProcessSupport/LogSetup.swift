package import Logging

/// Where log lines go: standard error, one line each, so that journald and files take them as they are.
package enum LogSetup {
    /// Once, before the first logger is made.
    package static func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return PrintableLogHandler(handler)
        }
    }
}
