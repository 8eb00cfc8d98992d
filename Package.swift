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

/// A wing of the house, by its folder. `Tests/DeploymentTests/wings` has which wing may import which.
enum Wing: String {
    case domain = "Sources/Domain"
    case formats = "Sources/Formats"
    case adapters = "Sources/Adapters"
    case gateway = "Sources/Gateway"
    case central = "Sources/Central"
    case simulators = "simulators"
    case benchmarks = "Benchmarks"
    case testSupport = "Tests/Support"
    case domainTests = "Tests/Domain"
    case formatTests = "Tests/Formats"
    case adapterTests = "Tests/Adapters"
    case gatewayTests = "Tests/Gateway"
    case centralTests = "Tests/Central"
    case simulatorTests = "Tests/Simulators"
    case systemTests = "Tests/System"
}

/// A C library of the system; its header and module map are in `Sources/Adapters/C`.
func library(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Adapters/C/\(name)", pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

func module(
    _ name: String, in wing: Wing, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "\(wing.rawValue)/\(name)", resources: resources,
        swiftSettings: strict)
}

/// - Parameter linking: `selfContained` for what users install.
func program(
    _ name: String, in wing: Wing, _ dependencies: [Target.Dependency], linking: [LinkerSetting] = []
) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "\(wing.rawValue)/\(name)", swiftSettings: strict,
        linkerSettings: linking)
}

func tests(_ name: String, in wing: Wing, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "\(wing.rawValue)/\(name)", swiftSettings: strict)
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
        library("CMosquitto", pkgConfig: "libmosquitto", apt: "libmosquitto-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        library("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
        library("CMalloc"),
        library("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),

        // True without a computer.
        module("Building", in: .domain),
        module("CivilTime", in: .domain, ["Building"]),
        module("ClimateControl", in: .domain, ["Building", "CivilTime"]),

        // Bytes to values and back.
        module("JSON", in: .formats),
        module("WireFormat", in: .formats, ["Building", "CZstd", "CivilTime", "JSON"]),
        module("HomeAssistant", in: .formats, ["Building", "WireFormat"]),
        module("GraphQL", in: .formats, ["JSON"]),
        module("ReadingFiles", in: .formats, ["Building", "CivilTime"]),

        // One safe wrapper per library.
        module("WakePipe", in: .adapters),
        module("MQTT", in: .adapters, ["CMosquitto", "WakePipe"]),
        module("HTTPClient", in: .adapters, ["CCurl"]),
        module("Digests", in: .adapters, ["CCrypto"]),
        module("Postgres", in: .adapters, ["Building", "CPostgres", "WakePipe"]),
        module("ConfigurationFile", in: .adapters, [yams]),
        module("Telemetry", in: .adapters),
        module("ProcessSupport", in: .adapters, ["Building", "CMalloc", argumentParser, logging]),

        // The gateway in a building.
        module("EdgeConfiguration", in: .gateway, ["Building", "CivilTime", "ClimateControl", "ConfigurationFile"]),
        module("Outbox", in: .gateway, ["Building", grdb]),
        module("Uplink", in: .gateway, ["Building", "HTTPClient", "Outbox", "WireFormat", logging]),
        module(
            "EdgeGateway", in: .gateway,
            [
                "Building", "CivilTime", "ClimateControl", "ConfigurationFile", "EdgeConfiguration", "HTTPClient",
                "HomeAssistant", "MQTT", "Outbox", "ProcessSupport", "Uplink", "WireFormat", lifecycle, logging,
                unixSignals,
            ]),
        program(
            "hearth-edge", in: .gateway,
            [
                "Building", "CivilTime", "ConfigurationFile", "EdgeConfiguration", "EdgeGateway", "Outbox",
                "ProcessSupport", "WireFormat", argumentParser, logging,
            ], linking: selfContained),

        // The central service.
        module(
            "Storage", in: .central, ["Building", "CivilTime", "Digests", "Postgres", logging],
            resources: [.embedInCode("Migrations")]),
        module(
            "APISupport", in: .central,
            ["Building", "CivilTime", "JSON", "Storage", "Telemetry", "WireFormat", hummingbird, logging]),
        module(
            "LiveUpdates", in: .central,
            ["Building", "CivilTime", "Postgres", "Storage", "Telemetry", lifecycle, logging]),
        module(
            "Ingest", in: .central,
            [
                "APISupport", "Building", "CivilTime", "JSON", "LiveUpdates", "Storage", "Telemetry", "WireFormat",
                hummingbird, logging,
            ]),
        module("SupabaseMirror", in: .central, ["HTTPClient", "Storage", "Telemetry", lifecycle, logging]),
        module(
            "MeterLoader", in: .central,
            [
                "Building", "CivilTime", "HTTPClient", "JSON", "ProcessSupport", "Storage", "WireFormat", lifecycle,
                logging,
            ]),
        module(
            "Import", in: .central, ["Building", "CivilTime", "HTTPClient", "MeterLoader", "ReadingFiles", "Storage"]),
        module("Assistant", in: .central, ["Building", "CivilTime", "HTTPClient", "JSON", logging]),
        module(
            "AssistantTools", in: .central,
            ["APISupport", "Assistant", "Building", "CivilTime", "Digests", "LiveUpdates", "Storage"]),
        module("ChatAPI", in: .central, ["APISupport", "Assistant", "AssistantTools", "JSON", "Storage", hummingbird]),
        module(
            "MCPServer", in: .central,
            ["APISupport", "Assistant", "AssistantTools", "Building", "JSON", "Storage", "WireFormat", hummingbird]),
        module(
            "RestAPI", in: .central,
            ["APISupport", "Building", "CivilTime", "JSON", "LiveUpdates", "Storage", "Telemetry", hummingbird, yams],
            resources: [.embedInCode("OpenAPI")]),
        module(
            "HomeEnergyAPI", in: .central, ["APISupport", "Building", "CivilTime", "GraphQL", "Storage", hummingbird],
            resources: [.embedInCode("Schema")]),
        module(
            "WebUI", in: .central, ["APISupport", "Building", "Digests", hummingbird],
            resources: [.embedInCode("Files")]),
        module(
            "CentralService", in: .central,
            [
                "APISupport", "Assistant", "AssistantTools", "Building", "ChatAPI", "CivilTime", "ConfigurationFile",
                "HomeEnergyAPI", "Import", "Ingest", "LiveUpdates", "MCPServer", "MeterLoader", "Postgres",
                "ProcessSupport", "ReadingFiles", "RestAPI", "Storage", "SupabaseMirror", "Telemetry", "WebUI",
                hummingbird, hummingbirdCore, lifecycle, logging, unixSignals,
            ]),
        program(
            "hearth-central", in: .central,
            [
                "Building", "CentralService", "CivilTime", "ConfigurationFile", "Import", "ProcessSupport",
                "ReadingFiles", "Storage", argumentParser, logging,
            ], linking: selfContained),

        // The stand-in for buildings.
        module("RoomPhysics", in: .simulators, ["Building"]),
        module("TestBench", in: .simulators, ["Building", "ClimateControl", "RoomPhysics"]),
        module("HomePhysics", in: .simulators, ["Building", "CivilTime", "RoomPhysics"]),
        module(
            "SimulatedDevices", in: .simulators,
            ["Building", "CivilTime", "HomePhysics", "ReadingFiles", "RoomPhysics"]),
        program(
            "hearth-simulate", in: .simulators,
            [
                "Building", "CivilTime", "ClimateControl", "EdgeConfiguration", "HomePhysics", "JSON", "MQTT",
                "ProcessSupport", "ReadingFiles", "RoomPhysics", "SimulatedDevices", "TestBench", "WireFormat",
                argumentParser, unixSignals,
            ], linking: selfContained),

        // For `make bench-edge`, `make bench-central` and `make bench-comfort`.
        program(
            "hearth-bench", in: .benchmarks,
            ["Building", "CivilTime", "MQTT", "Outbox", "SimulatedDevices", "WireFormat", argumentParser, grdb]),
        program("bench-comfort", in: .benchmarks, ["ClimateControl", "RoomPhysics", "TestBench"]),

        // What tests need: real programs, ports, folders, databases, browsers.
        module("Rig", in: .testSupport),
        module("DatabaseRig", in: .testSupport, ["Postgres", "Rig"]),
        module("BrowserRig", in: .testSupport, ["HTTPClient", "Rig"]),
        module("ProviderRig", in: .testSupport, ["Assistant", "HTTPClient", "JSON", "Rig"]),
        module("ServiceRig", in: .testSupport, ["Building", "DatabaseRig", "HTTPClient", "Rig", "WireFormat"]),
        .target(name: "CFaultyDisk", path: "Tests/Support/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),

        // Tests of domain.
        tests("BuildingTests", in: .domainTests, ["Building", "ClimateControl", "Rig"]),
        tests("CivilTimeTests", in: .domainTests, ["Building", "CivilTime"]),
        tests("ClimateControlTests", in: .domainTests, ["Building", "CivilTime", "ClimateControl"]),

        // Tests of formats.
        tests("GraphQLTests", in: .formatTests, ["GraphQL", "Rig"]),
        tests("JSONTests", in: .formatTests, ["JSON"]),
        tests("ReadingFilesTests", in: .formatTests, ["Building", "CivilTime", "ReadingFiles", "Rig"]),
        tests("WireFormatTests", in: .formatTests, ["Building", "CivilTime", "Rig", "WireFormat"]),

        // Tests of adapters.
        tests("DigestsTests", in: .adapterTests, ["Building", "Digests"]),
        tests("MQTTTests", in: .adapterTests, ["MQTT", "Rig"]),
        tests("PostgresTests", in: .adapterTests, ["DatabaseRig", "Postgres", "Rig"]),

        // Tests of gateway.
        tests(
            "EdgeConfigurationTests", in: .gatewayTests, ["Building", "ConfigurationFile", "EdgeConfiguration", "Rig"]),
        tests(
            "EdgeGatewayTests", in: .gatewayTests,
            [
                "Building", "CivilTime", "ClimateControl", "EdgeConfiguration", "EdgeGateway", "MQTT", "Outbox", "Rig",
                "ServiceRig", "Uplink", "WireFormat", logging,
            ]),
        tests(
            "HomeAssistantTests", in: .gatewayTests, ["Building", "EdgeGateway", "HomeAssistant", "Rig", "ServiceRig"]),
        tests("OutboxTests", in: .gatewayTests, ["Building", "Outbox", "Rig", grdb]),
        tests(
            "UplinkTests", in: .gatewayTests,
            ["Building", "HTTPClient", "Outbox", "Rig", "ServiceRig", "Uplink", "WireFormat", logging]),

        // Tests of central.
        tests(
            "AssistantTests", in: .centralTests,
            ["Assistant", "Building", "CivilTime", "HTTPClient", "JSON", "ProviderRig", "Rig"]),
        tests(
            "CentralTests", in: .centralTests,
            [
                "APISupport", "Assistant", "BrowserRig", "Building", "CentralService", "CivilTime", "ConfigurationFile",
                "DatabaseRig", "HTTPClient", "HomeEnergyAPI", "JSON", "LiveUpdates", "Postgres", "ProviderRig",
                "RestAPI", "Rig", "ServiceRig", "Storage", "SupabaseMirror", "Telemetry", "WireFormat", hummingbird,
                logging,
            ]),
        tests(
            "ImportTests", in: .centralTests,
            ["Building", "DatabaseRig", "Import", "Postgres", "ReadingFiles", "Rig", "ServiceRig", "Storage", logging]),
        tests(
            "MeterLoaderTests", in: .centralTests,
            [
                "Building", "DatabaseRig", "MeterLoader", "Postgres", "Rig", "ServiceRig", "Storage", hummingbird,
                logging,
            ]),

        // Tests of simulators.
        tests("HearthSimulateTests", in: .simulatorTests, ["MQTT", "Rig"]),
        tests("HomePhysicsTests", in: .simulatorTests, ["CivilTime", "HomePhysics", "RoomPhysics"]),
        tests("RoomPhysicsTests", in: .simulatorTests, ["RoomPhysics"]),
        tests(
            "SimulatedDevicesTests", in: .simulatorTests, ["Building", "CivilTime", "HomePhysics", "SimulatedDevices"]),
        tests("TestBenchTests", in: .simulatorTests, ["Building", "ClimateControl", "RoomPhysics", "TestBench"]),

        // Tests of the product as a whole.
        program(
            "hearth-fuzz", in: .systemTests,
            [
                "APISupport", "AssistantTools", "Building", "ChatAPI", "CivilTime", "EdgeConfiguration", "EdgeGateway",
                "Ingest", "JSON", "RestAPI", "Rig", "Storage", "WireFormat", argumentParser, hummingbird, logging,
            ]),
        tests("ChainTests", in: .systemTests, ["BrowserRig", "DatabaseRig", "MQTT", "Rig", "ServiceRig"]),
        tests("ChaosTests", in: .systemTests, ["DatabaseRig", "EdgeGateway", "Rig", "ServiceRig", grdb]),
        tests("FuzzTests", in: .systemTests, ["Rig", "hearth-fuzz"]),
        tests(
            "SimulationTests", in: .systemTests,
            [
                "APISupport", "Building", "CFaultyDisk", "ClimateControl", "DatabaseRig", "EdgeConfiguration",
                "EdgeGateway", "HTTPClient", "Ingest", "LiveUpdates", "Outbox", "Postgres", "Rig", "Storage", "Uplink",
                grdb, hummingbird, logging,
            ]),
    ]
)
