public import APISupport
public import Assistant
public import Building
public import ChatAPI
public import Logging
public import MCPServer
public import Storage
public import SupabaseMirror

/// What `config/central.yaml` says, checked.
public struct CentralConfiguration: Sendable {
    public var database = Database()
    public var http = HTTP()
    public var ingest = Ingest()
    public var live = Live()
    public var chat = Chat()
    /// For other assistants, at `/mcp`.
    public var modelContext = MCPLimits()
    /// Where a copy of the newest readings goes; `nil` where none is kept.
    public var mirror: MirrorSettings?
    public var tariff = EnergyTariff()
    public var meters = Meters()
    /// What happens to readings as they grow old, where the database can do it by itself.
    public var storage = StoragePolicy()
    public var logLevel = Logger.Level.info
    /// How long requests may take to end once the service is told to stop.
    public var shutdownGrace: Duration = .seconds(10)

    public struct Database: Sendable {
        /// A libpq connection string. Secret: it may hold a password.
        public var url = ""
        /// Path of a file with the password, for URLs that hold none.
        public var passwordFile: String?
        /// Connections at most, 1…100.
        public var connections = 8
        /// 2…60 s, per host.
        public var connectTimeout: Duration = .seconds(5)
        /// 1…3600 s.
        public var statementTimeout: Duration = .seconds(30)
        /// How long a request waits for a free connection, 1…60 s.
        public var longestWait: Duration = .seconds(5)
        /// A read replica. Secret: it may hold a password.
        public var readURL: String?
        /// Connections for long questions at most, 1…100; so many again to the replica.
        public var readConnections = 4
        /// Of such questions, 1…3600 s.
        public var readTimeout: Duration = .seconds(15)
        /// Statements that take longer stand in the log; `nil`: none.
        public var slowStatement: Duration? = .seconds(1)
    }

    public struct HTTP: Sendable {
        public var host = "127.0.0.1"
        /// 0…65535; 0 takes any that is free.
        public var port = 8080
        /// After this a connection on which nothing happens is closed, 1…3600 s.
        public var idleTimeout: Duration = .seconds(60)
        /// Connections at most, 1…100,000; further ones wait.
        public var connections = 10_000
        /// Bytes of a request's headers at most, 4096…262,144.
        public var headerBytes = 16_384
        /// Connections from one address, 1…100,000.
        public var connectionsPerAddress = 5000
        /// How long the body of a request may take, 1…3600 s.
        public var bodyDuration: Duration = .seconds(300)
        /// How fast it must come on average, after the first seconds, 0…1,048,576 bytes a second.
        public var bodyBytesPerSecond = 512
        /// Memory for bodies of requests that are not answered yet, 1 MiB…64 GiB.
        public var bodyMemoryBytes = 512 << 20
        /// Of that for those of one address.
        public var bodyMemoryBytesPerAddress = 256 << 20
        /// Reverse proxies that are believed what they say about their clients' addresses.
        public var trustedProxies: [AddressRange] = []
        /// Where people reach the service, without a slash at its end; `nil` where that is host and port.
        public var publicURL: String?
    }

    public struct Live: Sendable {
        /// Live streams at most, 1…100,000.
        public var streams = 1000
        /// Of these with one token, 1…10,000.
        public var streamsPerToken = 10
        /// So often a stream gives a sign of life, 1…60 s.
        public var heartbeat: Duration = .seconds(15)
    }

    public struct Chat: Sendable {
        /// Who answers.
        public var model: any ChatModel = BuiltInModel()
        public var limits = ChatLimits()
    }

    public struct Ingest: Sendable {
        /// 1…10,000
        public var batchesInFlight = 2000
        /// Of these from one building, 1…10,000.
        public var batchesPerBuilding = 500
        /// Memory for batches that are on their way into the database, 1 MiB…64 GiB.
        public var memoryBytes = 256 << 20
        /// Of that for one building's.
        public var memoryBytesPerBuilding = 128 << 20
        /// What a building may add.
        public var shares = BuildingShares()
        /// 65,536…67,108,864
        public var batchBytes = 8 << 20
    }
}
