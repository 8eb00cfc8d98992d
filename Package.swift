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
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
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
        module("Building"),
        module("ClimateControl", ["Building"]),

        // Bytes to values and back.
        module("JSONText"),
        module("WireFormat", ["Building", "CZstd", "JSONText"]),
        module("HomeAssistant", ["Building", "WireFormat"]),
        module("GraphQL", ["JSONText"]),
        module("ReadingFiles", ["Building", "WireFormat"]),

        // One safe wrapper per library.
        module("WakeUpPipe"),
        module("MQTT", ["CMosquitto", "WakeUpPipe"]),
        module("HTTPTransfer", ["CCurl"]),
        module("Digests", ["CCrypto"]),
        module("Postgres", ["CPostgres", "WakeUpPipe"]),
        module("ConfigurationFile", [yams]),
        module("Telemetry"),
        module("Observability", ["Building", "CMalloc", argumentParser, logging]),

        // The gateway in a building.
        module("EdgeConfiguration", ["Building", "ClimateControl", "ConfigurationFile"]),
        module("Outbox", ["Building", grdb]),
        module("Uplink", ["Building", "HTTPTransfer", "Outbox", "WireFormat", logging]),
        module(
            "EdgeGateway",
            [
                "Building", "ClimateControl", "ConfigurationFile", "EdgeConfiguration", "HTTPTransfer", "HomeAssistant",
                "MQTT", "Observability", "Outbox", "Uplink", "WireFormat", lifecycle, logging, unixSignals,
            ]),
        .executableTarget(
            name: "hearth-edge",
            dependencies: [
                "Building", "ConfigurationFile", "EdgeConfiguration", "EdgeGateway", "Observability", "Outbox",
                "WireFormat", argumentParser, logging,
            ], swiftSettings: strict, linkerSettings: selfContained),

        // The central service.
        module("CentralStore", ["Building", "Digests", "Postgres", logging], resources: [.embedInCode("Migrations")]),
        module(
            "HTTPAnswers", ["Building", "CentralStore", "JSONText", "Telemetry", "WireFormat", hummingbird, logging]),
        module("Live", ["Building", "CentralStore", "Postgres", "Telemetry", lifecycle, logging]),
        module(
            "Ingest",
            [
                "Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", "WireFormat", hummingbird,
                logging,
            ]),
        module("Mirror", ["CentralStore", "HTTPTransfer", "Telemetry", lifecycle, logging]),
        module(
            "MeterData",
            ["Building", "CentralStore", "HTTPTransfer", "JSONText", "Observability", "WireFormat", lifecycle, logging]),
        module("Import", ["Building", "CentralStore", "HTTPTransfer", "MeterData", "ReadingFiles"]),
        module("Concierge", ["Building", "HTTPTransfer", "JSONText", logging]),
        module(
            "GuestChat",
            [
                "Building", "CentralStore", "Concierge", "Digests", "HTTPAnswers", "JSONText", "Live", "RestAPI",
                hummingbird,
            ]),
        module(
            "ModelContext",
            [
                "Building", "CentralStore", "Concierge", "GuestChat", "HTTPAnswers", "JSONText", "WireFormat",
                hummingbird,
            ]),
        module(
            "RestAPI", ["Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", hummingbird, yams],
            resources: [.embedInCode("OpenAPI")]),
        module(
            "HomeEnergyAPI", ["Building", "CentralStore", "GraphQL", "HTTPAnswers", hummingbird],
            resources: [.embedInCode("Schema")]),
        module("Pages", ["Digests", "HTTPAnswers", hummingbird], resources: [.embedInCode("Files")]),
        module(
            "CentralService",
            [
                "Building", "CentralStore", "Concierge", "ConfigurationFile", "GuestChat", "HTTPAnswers",
                "HomeEnergyAPI", "Import", "Ingest", "Live", "MeterData", "Mirror", "ModelContext", "Observability",
                "Pages", "Postgres", "ReadingFiles", "RestAPI", "Telemetry", hummingbird, hummingbirdCore, lifecycle,
                logging, unixSignals,
            ]),
        .executableTarget(
            name: "hearth-central",
            dependencies: [
                "Building", "CentralService", "CentralStore", "ConfigurationFile", "Import", "Observability",
                "ReadingFiles", argumentParser, logging,
            ], swiftSettings: strict, linkerSettings: selfContained),

        // The stand-in for buildings.
        .target(name: "RoomPhysics", dependencies: ["Building"], path: "simulators/RoomPhysics", swiftSettings: strict),
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
                "Building", "ClimateControl", "EdgeConfiguration", "HomePhysics", "JSONText", "MQTT", "Observability",
                "ReadingFiles", "RoomPhysics", "SimulatedDevices", "TestBench", "WireFormat", argumentParser,
                unixSignals,
            ], path: "simulators/hearth-simulate", swiftSettings: strict, linkerSettings: selfContained),

        // For `make bench-edge`, `make bench-central` and `make bench-comfort`.
        .executableTarget(
            name: "hearth-bench",
            dependencies: ["Building", "MQTT", "Outbox", "SimulatedDevices", "WireFormat", argumentParser, grdb],
            path: "Benchmarks/hearth-bench", swiftSettings: strict),
        .executableTarget(
            name: "bench-comfort", dependencies: ["ClimateControl", "RoomPhysics", "TestBench"],
            path: "Benchmarks/bench-comfort", swiftSettings: strict),

        // What tests need: real programs, ports, folders, databases, browsers.
        .target(name: "Rig", dependencies: [], path: "Tests/Rig", swiftSettings: strict),
        .target(
            name: "DatabaseRig", dependencies: ["Postgres", "Rig"], path: "Tests/DatabaseRig", swiftSettings: strict),
        .target(
            name: "BrowserRig", dependencies: ["HTTPTransfer", "Rig"], path: "Tests/BrowserRig", swiftSettings: strict),
        .target(
            name: "ProviderRig", dependencies: ["Concierge", "HTTPTransfer", "JSONText"], path: "Tests/ProviderRig",
            swiftSettings: strict),
        .target(name: "CFaultyDisk", path: "Tests/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),

        // Tests of domain.
        tests("BuildingTests", ["Building", "ClimateControl"]),
        tests("ClimateControlTests", ["Building", "ClimateControl"]),

        // Tests of formats.
        tests("GraphQLTests", ["GraphQL", "Rig"]),
        tests("JSONTextTests", ["JSONText"]),
        tests("ReadingFilesTests", ["Building", "ReadingFiles", "Rig"]),
        tests("WireFormatTests", ["Building", "Rig", "WireFormat"]),

        // Tests of adapters.
        tests("DigestsTests", ["Digests"]),
        tests("MQTTTests", ["MQTT", "Rig"]),
        tests("PostgresTests", ["DatabaseRig", "Postgres", "Rig"]),

        // Tests of gateway.
        tests("EdgeConfigurationTests", ["Building", "ConfigurationFile", "EdgeConfiguration", "Rig"]),
        tests(
            "EdgeGatewayTests",
            [
                "Building", "ClimateControl", "EdgeConfiguration", "EdgeGateway", "MQTT", "Outbox", "Rig", "Uplink",
                "WireFormat", logging,
            ]),
        tests("HomeAssistantTests", ["Building", "EdgeGateway", "HomeAssistant", "Rig"]),
        tests("OutboxTests", ["Building", "Outbox", "Rig", grdb]),
        tests("UplinkTests", ["Building", "HTTPTransfer", "Outbox", "Rig", "Uplink", "WireFormat", logging]),

        // Tests of central.
        tests(
            "CentralTests",
            [
                "BrowserRig", "Building", "CentralService", "CentralStore", "Concierge", "ConfigurationFile",
                "DatabaseRig", "HTTPAnswers", "HTTPTransfer", "HomeEnergyAPI", "JSONText", "Live", "Mirror", "Postgres",
                "ProviderRig", "RestAPI", "Rig", "Telemetry", "WireFormat", hummingbird, logging,
            ]),
        tests("ConciergeTests", ["Building", "Concierge", "HTTPTransfer", "JSONText", "ProviderRig", "Rig"]),
        tests(
            "ImportTests",
            ["Building", "CentralStore", "DatabaseRig", "Import", "Postgres", "ReadingFiles", "Rig", logging]),
        tests(
            "MeterDataTests",
            [
                "Building", "CentralStore", "DatabaseRig", "HTTPTransfer", "MeterData", "Postgres", "Rig", hummingbird,
                logging,
            ]),

        // Tests of simulators.
        tests("HearthSimulateTests", ["MQTT", "Rig"]),
        tests("HomePhysicsTests", ["HomePhysics", "RoomPhysics"]),
        tests("RoomPhysicsTests", ["RoomPhysics"]),
        tests("SimulatedDevicesTests", ["Building", "HomePhysics", "SimulatedDevices"]),
        tests("TestBenchTests", ["Building", "ClimateControl", "RoomPhysics", "TestBench"]),

        // Tests of the product as a whole.
        .executableTarget(
            name: "hearth-fuzz",
            dependencies: [
                "Building", "CentralStore", "EdgeConfiguration", "EdgeGateway", "GuestChat", "HTTPAnswers", "Ingest",
                "JSONText", "RestAPI", "Rig", "WireFormat", argumentParser, hummingbird, logging,
            ], path: "Tests/hearth-fuzz", swiftSettings: strict),
        tests("ChainTests", ["BrowserRig", "DatabaseRig", "MQTT", "Rig"]),
        tests("ChaosTests", ["DatabaseRig", "EdgeGateway", "Rig", grdb]),
        tests("FuzzTests", ["Rig", "hearth-fuzz"]),
        tests(
            "SimulationTests",
            [
                "Building", "CFaultyDisk", "CentralStore", "ClimateControl", "DatabaseRig", "EdgeConfiguration",
                "EdgeGateway", "HTTPAnswers", "HTTPTransfer", "Ingest", "Live", "Outbox", "Postgres", "Rig", "Uplink",
                grdb, hummingbird, logging,
            ]),
    ]
)
