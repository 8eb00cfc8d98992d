package import APISupport
package import Assistant
package import ChatAPI
package import Logging
package import MCPServer
package import RestAPI
package import Storage
package import SupabaseMirror

/// The validated contents of `config/central.yaml`.
package struct CentralConfiguration: Sendable {
    /// The connections to the database.
    package var database = Database()
    /// The HTTP server.
    package var http = HTTP()
    /// The limits of ingest.
    package var ingest = Ingest()
    /// The live streams.
    package var live = Live()
    /// The chat.
    package var chat = Chat()
    /// The limits for other assistants, at `/mcp`.
    package var modelContext = MCPLimits()
    /// The destination of the mirror of latest readings; `nil` if there is none.
    package var mirror: MirrorSettings?
    /// The prices of energy.
    package var tariff = EnergyTariff()
    /// The smart meters that are loaded periodically.
    package var meters = Meters()
    /// The policy for ageing readings, if the database supports it.
    package var storage = StoragePolicy()
    /// The lowest level of messages in the log.
    package var logLevel = Logger.Level.info
    /// The time that requests have to end once the service is told to stop.
    package var shutdownGrace: Duration = .seconds(10)

    /// The connections to the database.
    package struct Database: Sendable {
        /// The libpq connection string. It is secret, because it may contain a password.
        package var url = ""
        /// The path of a file with the password, for a URL without one.
        package var passwordFile: String?
        /// The largest number of connections, 1…100.
        package var connections = 8
        /// The longest time to connect, 2…60 s per host.
        package var connectTimeout: Duration = .seconds(5)
        /// The longest duration of a statement, 1…3600 s.
        package var statementTimeout: Duration = .seconds(30)
        /// The longest time a request waits for a free connection, 1…60 s.
        package var longestWait: Duration = .seconds(5)
        /// The connection string of a read replica; `nil` for none. It is secret, because it may contain a password.
        package var readURL: String?
        /// The largest number of connections for long queries, 1…100; the same number is allowed to the replica.
        package var readConnections = 4
        /// The longest duration of such queries, 1…3600 s.
        package var readTimeout: Duration = .seconds(15)
        /// The duration above which a statement is logged; `nil` for never.
        package var slowStatement: Duration? = .seconds(1)
    }

    /// The HTTP server.
    package struct HTTP: Sendable {
        /// The address to listen on.
        package var host = "127.0.0.1"
        /// The port to listen on, 0…65535; 0 for any free one.
        package var port = 8080
        /// The time after which an idle connection is closed, 1…3600 s.
        package var idleTimeout: Duration = .seconds(60)
        /// The largest number of connections, 1…100,000; further ones wait.
        package var connections = 10_000
        /// The largest size of a request's headers, 4096…262,144 bytes.
        package var headerBytes = 16_384
        /// The largest number of connections from one address, 1…100,000.
        package var connectionsPerAddress = 5000
        /// The longest time for the body of a request, 1…3600 s.
        package var bodyDuration: Duration = .seconds(300)
        /// The average rate a body must reach after the first seconds, 0…1,048,576 bytes per second.
        package var bodyBytesPerSecond = 512
        /// The memory for bodies of unanswered requests, 1 MiB…64 GiB.
        package var bodyMemoryBytes = 512 << 20
        /// The part of `bodyMemoryBytes` that one address may use, 64 KiB…64 GiB.
        package var bodyMemoryBytesPerAddress = 256 << 20
        /// The reverse proxies trusted to name their clients' addresses.
        package var trustedProxies: [AddressRange] = []
        /// The URL at which people reach the service, without a trailing slash; `nil` if it is host and port.
        package var publicURL: String?
    }

    /// The limits of live streams.
    package struct Live: Sendable {
        /// The largest number of live streams, 1…100,000.
        package var streams = 1000
        /// The largest number of live streams with one token, 1…10,000.
        package var streamsPerToken = 10
        /// The interval of signs of life on a silent stream, 1…60 s.
        package var heartbeat: Duration = .seconds(15)
    }

    /// The chat.
    package struct Chat: Sendable {
        /// The model that answers.
        package var model: any ChatModel = BuiltInModel()
        /// The limits of the chat.
        package var limits = ChatLimits()
    }

    /// The limits of ingest.
    package struct Ingest: Sendable {
        /// The largest number of batches processed at the same time, 1…10,000.
        package var batchesInFlight = 2000
        /// The largest number of batches of one building, 1…10,000.
        package var batchesPerBuilding = 500
        /// The memory for batches that are being stored, 1 MiB…64 GiB.
        package var memoryBytes = 256 << 20
        /// The part of `memoryBytes` that one building may use, 64 KiB…64 GiB.
        package var memoryBytesPerBuilding = 128 << 20
        /// The amounts a building may add to the database.
        package var shares = BuildingShares()
        /// The largest size of a batch as received, 65,536…67,108,864 bytes.
        package var batchBytes = 8 << 20
    }
}
