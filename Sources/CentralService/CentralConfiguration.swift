public import Logging

/// What `config/central.yaml` says, checked.
public struct CentralConfiguration: Sendable {
    public var database = Database()
    public var http = HTTP()
    public var ingest = Ingest()
    public var logLevel = Logger.Level.info
    /// How long requests may take to end once the service is told to stop.
    public var shutdownGrace: Duration = .seconds(10)

    public struct Database: Sendable {
        /// A libpq connection string. Secret: it may hold a password.
        public var url = ""
        /// Connections at most, 1…100.
        public var connections = 8
        /// 2…60 s, per host.
        public var connectTimeout: Duration = .seconds(5)
        /// 1…3600 s.
        public var statementTimeout: Duration = .seconds(30)
        /// How long a request waits for a free connection, 1…60 s.
        public var longestWait: Duration = .seconds(5)
    }

    public struct HTTP: Sendable {
        public var host = "127.0.0.1"
        /// 0…65535; 0 takes any that is free.
        public var port = 8080
        /// After this a connection on which nothing happens is closed, 1…3600 s.
        public var idleTimeout: Duration = .seconds(60)
    }

    public struct Ingest: Sendable {
        /// 1…1000
        public var batchesInFlight = 32
        /// 65,536…67,108,864
        public var batchBytes = 8 << 20
    }
}
