// swift-tools-version: 6.2
import PackageDescription

/// The same strict settings for every target: Swift 6 language mode, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Swift's libraries within the program: whoever runs it needs no toolchain, and less memory.
let selfContained: [LinkerSetting] =
    [.unsafeFlags(["-static-stdlib"])]
    + [
        "FoundationEssentials", "FoundationInternationalization", "CoreFoundation", "_FoundationICU",
        "_FoundationCShims", "_FoundationCollections", "stdc++",
    ].map { .linkedLibrary($0) }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "hearth",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C libraries, each imported by one wrapper only.
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // True without a computer.
        room("Building"),
        room("ClimateControl", ["Building"]),

        // Bytes on a wire.
        room("JSONText"),
        room("WireFormat", ["Building", "CZstd", "JSONText"]),
        room("HomeAssistant", ["Building", "WireFormat"]),

        // One safe wrapper per C library.
        room("WakeUpPipe"),
        room("MQTT", ["CMosquitto", "WakeUpPipe"]),
        room("HTTPTransfer", ["CCurl"]),
        room("Digests", ["CCrypto"]),
        room("Postgres", ["CPostgres", "WakeUpPipe"]),
        room("Observability", ["Building", "CMalloc", argumentParser, logging]),
        room("Telemetry"),

        // What people write down for a program.
        room("ConfigurationFile", [.product(name: "Yams", package: "Yams")]),
        room("ReadingFiles", ["Building", "WireFormat"]),

        // The gateway.
        room("EdgeConfiguration", ["Building", "ClimateControl", "ConfigurationFile"]),
        room("Outbox", ["Building", grdb]),
        room("Uplink", ["Building", "Outbox", "WireFormat", "HTTPTransfer", logging]),
        room(
            "EdgeGateway",
            [
                "Building", "ClimateControl", "ConfigurationFile", "EdgeConfiguration", "HTTPTransfer",
                "HomeAssistant", "MQTT", "Observability", "Outbox",
                "Uplink", "WireFormat", lifecycle, logging, unixSignals,
            ]),
        .executableTarget(
            name: "hearth-edge",
            dependencies: [
                "Building", "ConfigurationFile", "EdgeConfiguration", "EdgeGateway", "Observability", "Outbox",
                "WireFormat", argumentParser, logging,
            ],
            swiftSettings: strict, linkerSettings: selfContained),

        // The central service.
        room(
            "CentralStore", ["Building", "Postgres", "Digests", logging],
            resources: [.embedInCode("Migrations")]),
        room("HTTPAnswers", ["Building", "CentralStore", "JSONText", "Telemetry", "WireFormat", hummingbird, logging]),
        room(
            "Ingest",
            [
                "Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", "WireFormat", hummingbird,
                logging,
            ]),
        room("Live", ["CentralStore", "Telemetry", "Postgres", lifecycle, logging]),
        room("Mirror", ["CentralStore", "HTTPTransfer", "Telemetry", lifecycle, logging]),
        room(
            "RestAPI",
            [
                "Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", hummingbird, logging,
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("OpenAPI")]),
        room(
            "MeterData",
            [
                "Building", "CentralStore", "HTTPTransfer", "JSONText", "Observability", "WireFormat", lifecycle,
                logging,
            ]),
        room("Import", ["Building", "CentralStore", "HTTPTransfer", "MeterData", "ReadingFiles"]),
        room("Concierge", ["Building", "HTTPTransfer", "JSONText", logging]),
        room(
            "GuestChat",
            [
                "Building", "CentralStore", "Concierge", "HTTPAnswers", "JSONText", "Digests", "Live", "RestAPI",
                hummingbird,
                logging,
            ]),
        room(
            "ModelContext",
            [
                "Building", "CentralStore", "Concierge", "GuestChat", "HTTPAnswers", "JSONText", "WireFormat",
                hummingbird,
            ]),
        room("GraphQL", ["JSONText"]),
        room(
            "HomeEnergyAPI",
            ["Building", "CentralStore", "GraphQL", "HTTPAnswers", "JSONText", hummingbird],
            resources: [.embedInCode("Schema")]),
        room("Pages", ["HTTPAnswers", "Digests", hummingbird], resources: [.embedInCode("Files")]),
        room(
            "CentralService",
            [
                "Building", "CentralStore", "Concierge", "ConfigurationFile", "GuestChat", "HTTPAnswers",
                "HomeEnergyAPI",
                "Import", "Ingest", "Live", "MeterData", "Mirror", "ModelContext", "Observability", "Pages", "Postgres",
                "ReadingFiles", "RestAPI", "Telemetry", hummingbird, hummingbirdCore,
                lifecycle, logging, unixSignals,
            ]),
        .executableTarget(
            name: "hearth-central",
            dependencies: [
                "Building", "CentralService", "CentralStore", "ConfigurationFile", "Import", "Observability",
                "ReadingFiles", argumentParser, logging,
            ],
            swiftSettings: strict, linkerSettings: selfContained),

        // The stand-in for buildings.
        .target(
            name: "RoomPhysics", dependencies: ["Building"], path: "simulators/RoomPhysics", swiftSettings: strict),
        .target(
            name: "TestBench", dependencies: ["Building", "ClimateControl", "RoomPhysics"],
            path: "simulators/TestBench", swiftSettings: strict),
        .target(
            name: "HomePhysics", dependencies: ["RoomPhysics"], path: "simulators/HomePhysics", swiftSettings: strict),
        .target(
            name: "SimulatedDevices", dependencies: ["Building", "HomePhysics", "ReadingFiles", "RoomPhysics"],
            path: "simulators/SimulatedDevices", swiftSettings: strict),
        .executableTarget(
            name: "hearth-simulate",
            dependencies: [
                "Building", "ClimateControl", "ConfigurationFile", "EdgeConfiguration", "HomePhysics", "JSONText",
                "MQTT", "Observability", "ReadingFiles", "RoomPhysics", "SimulatedDevices", "TestBench", "WireFormat",
                argumentParser,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "simulators/hearth-simulate", swiftSettings: strict, linkerSettings: selfContained),

        // For `make bench-edge` and `make bench-central`.
        .executableTarget(
            name: "hearth-bench",
            dependencies: ["Building", "MQTT", "Outbox", "SimulatedDevices", "WireFormat", argumentParser, grdb],
            path: "Benchmarks/hearth-bench", swiftSettings: strict),

        // For `make bench-comfort`.
        .executableTarget(
            name: "bench-comfort", dependencies: ["ClimateControl", "RoomPhysics", "TestBench"],
            path: "Benchmarks/bench-comfort", swiftSettings: strict),

        // Real programs, ports and folders for the tests.
        .target(name: "Rig", path: "Tests/Rig", swiftSettings: strict),
        .target(
            name: "DatabaseRig", dependencies: ["Postgres", "Rig"], path: "Tests/DatabaseRig", swiftSettings: strict),
        .target(
            name: "BrowserRig", dependencies: ["HTTPTransfer", "Rig"], path: "Tests/BrowserRig", swiftSettings: strict),
        .target(
            name: "ProviderRig", dependencies: ["Concierge", "HTTPTransfer", "JSONText"], path: "Tests/ProviderRig",
            swiftSettings: strict),
        .target(name: "CFaultyDisk", path: "Tests/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),
        // For `make fuzz`.
        .executableTarget(
            name: "hearth-fuzz",
            dependencies: [
                "Building", "CentralStore", "EdgeConfiguration", "EdgeGateway", "GuestChat", "HTTPAnswers", "Ingest",
                "JSONText", "RestAPI", "Rig", "WireFormat", argumentParser, hummingbird, logging,
            ],
            path: "Tests/hearth-fuzz", swiftSettings: strict),
        tests("FuzzTests", ["Rig", "hearth-fuzz"]),
        tests("BuildingTests", ["Building", "ClimateControl"]),
        tests("PostgresTests", ["Postgres", "DatabaseRig", "Rig"]),
        tests(
            "CentralTests",
            [
                "BrowserRig", "Building", "CentralService", "CentralStore", "ConfigurationFile", "DatabaseRig",
                "HTTPAnswers", "HTTPTransfer", "HomeEnergyAPI", "Live", "Mirror", "Postgres", "ProviderRig", "RestAPI",
                "Rig", "Telemetry", "WireFormat",
                hummingbird, logging,
            ]),
        tests(
            "ImportTests",
            ["Building", "CentralStore", "DatabaseRig", "Import", "Postgres", "ReadingFiles", "Rig", logging]),
        tests("ReadingFilesTests", ["Building", "ReadingFiles", "Rig"]),
        tests(
            "MeterDataTests",
            [
                "Building", "CentralStore", "DatabaseRig", "HTTPTransfer", "MeterData", "Postgres", "Rig", hummingbird,
                logging,
            ]),
        tests("ConciergeTests", ["Building", "Concierge", "HTTPTransfer", "JSONText", "ProviderRig", "Rig", logging]),
        tests(
            "HomeAssistantTests", ["Building", "EdgeGateway", "HomeAssistant", "Rig"]),
        tests("GraphQLTests", ["GraphQL", "Rig"]),
        tests("WireFormatTests", ["Building", "Rig", "WireFormat"]),
        tests("ChainTests", ["BrowserRig", "DatabaseRig", "MQTT", "Rig"]),
        tests("ChaosTests", ["DatabaseRig", "EdgeGateway", "Rig", grdb]),
        tests("EdgeConfigurationTests", ["Building", "ConfigurationFile", "EdgeConfiguration", "Rig"]),
        tests("MQTTTests", ["MQTT", "Rig"]),
        tests(
            "EdgeGatewayTests",
            [
                "Building", "ClimateControl", "EdgeConfiguration", "EdgeGateway", "MQTT", "Outbox", "Rig", "Uplink",
                "WireFormat",
                logging,
            ]),
        tests("OutboxTests", ["Building", "Outbox", "Rig", grdb]),
        tests("UplinkTests", ["Building", "HTTPTransfer", "Outbox", "Rig", "Uplink", "WireFormat", logging]),
        tests("ClimateControlTests", ["Building", "ClimateControl"]),
        tests("HearthSimulateTests", ["MQTT", "Rig"]),
        tests("DigestsTests", ["Digests"]),
        tests("JSONTextTests", ["JSONText"]),
        tests("HomePhysicsTests", ["HomePhysics", "RoomPhysics"]),
        tests("RoomPhysicsTests", ["RoomPhysics"]),
        tests("SimulatedDevicesTests", ["Building", "HomePhysics", "RoomPhysics", "SimulatedDevices"]),
        tests(
            "SimulationTests",
            [
                "Building", "CFaultyDisk", "CentralStore", "ClimateControl", "DatabaseRig", "EdgeConfiguration",
                "EdgeGateway", "HTTPAnswers", "HTTPTransfer", "Ingest", "Live", "Outbox", "Postgres", "Rig", "Uplink",
                "WireFormat", grdb, hummingbird, logging,
            ]),
        tests("TestBenchTests", ["Building", "ClimateControl", "RoomPhysics", "TestBench"]),
    ]
)
