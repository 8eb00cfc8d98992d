package import APISupport
package import Assistant
package import Building
package import ChatAPI
package import Logging
package import MCPServer
package import Storage
package import SupabaseMirror

/// What `config/central.yaml` says, checked.
package struct CentralConfiguration: Sendable {
    package var database = Database()
    package var http = HTTP()
    package var ingest = Ingest()
    package var live = Live()
    package var chat = Chat()
    /// For other assistants, at `/mcp`.
    package var modelContext = MCPLimits()
    /// Where a copy of the newest readings goes; `nil` where none is kept.
    package var mirror: MirrorSettings?
    package var tariff = EnergyTariff()
    package var meters = Meters()
    /// What happens to readings as they grow old, where the database can do it by itself.
    package var storage = StoragePolicy()
    package var logLevel = Logger.Level.info
    /// How long requests may take to end once the service is told to stop.
    package var shutdownGrace: Duration = .seconds(10)

    package struct Database: Sendable {
        /// A libpq connection string. Secret: it may hold a password.
        package var url = ""
        /// Path of a file with the password, for URLs that hold none.
        package var passwordFile: String?
        /// Connections at most, 1…100.
        package var connections = 8
        /// 2…60 s, per host.
        package var connectTimeout: Duration = .seconds(5)
        /// 1…3600 s.
        package var statementTimeout: Duration = .seconds(30)
        /// How long a request waits for a free connection, 1…60 s.
        package var longestWait: Duration = .seconds(5)
        /// A read replica. Secret: it may hold a password.
        package var readURL: String?
        /// Connections for long questions at most, 1…100; so many again to the replica.
        package var readConnections = 4
        /// Of such questions, 1…3600 s.
        package var readTimeout: Duration = .seconds(15)
        /// Statements that take longer stand in the log; `nil`: none.
        package var slowStatement: Duration? = .seconds(1)
    }

    package struct HTTP: Sendable {
        package var host = "127.0.0.1"
        /// 0…65535; 0 takes any that is free.
        package var port = 8080
        /// After this a connection on which nothing happens is closed, 1…3600 s.
        package var idleTimeout: Duration = .seconds(60)
        /// Connections at most, 1…100,000; further ones wait.
        package var connections = 10_000
        /// Bytes of a request's headers at most, 4096…262,144.
        package var headerBytes = 16_384
        /// Connections from one address, 1…100,000.
        package var connectionsPerAddress = 5000
        /// How long the body of a request may take, 1…3600 s.
        package var bodyDuration: Duration = .seconds(300)
        /// How fast it must come on average, after the first seconds, 0…1,048,576 bytes a second.
        package var bodyBytesPerSecond = 512
        /// Memory for bodies of requests that are not answered yet, 1 MiB…64 GiB.
        package var bodyMemoryBytes = 512 << 20
        /// Of that for those of one address.
        package var bodyMemoryBytesPerAddress = 256 << 20
        /// Reverse proxies that are believed what they say about their clients' addresses.
        package var trustedProxies: [AddressRange] = []
        /// Where people reach the service, without a slash at its end; `nil` where that is host and port.
        package var publicURL: String?
    }

    package struct Live: Sendable {
        /// Live streams at most, 1…100,000.
        package var streams = 1000
        /// Of these with one token, 1…10,000.
        package var streamsPerToken = 10
        /// So often a stream gives a sign of life, 1…60 s.
        package var heartbeat: Duration = .seconds(15)
    }

    package struct Chat: Sendable {
        /// Who answers.
        package var model: any ChatModel = BuiltInModel()
        package var limits = ChatLimits()
    }

    package struct Ingest: Sendable {
        /// 1…10,000
        package var batchesInFlight = 2000
        /// Of these from one building, 1…10,000.
        package var batchesPerBuilding = 500
        /// Memory for batches that are on their way into the database, 1 MiB…64 GiB.
        package var memoryBytes = 256 << 20
        /// Of that for one building's.
        package var memoryBytesPerBuilding = 128 << 20
        /// What a building may add.
        package var shares = BuildingShares()
        /// 65,536…67,108,864
        package var batchBytes = 8 << 20
    }
}
