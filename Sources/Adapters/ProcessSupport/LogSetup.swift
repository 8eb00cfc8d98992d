package import Logging

/// The destination of logs: standard error, one line per entry, as journald and files expect.
package enum LogSetup {
    /// Installs the log handler. Call it once, before the first logger is created.
    package static func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return PrintableLogHandler(handler)
        }
    }
}
