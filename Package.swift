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
        module("ClimateControl", in: .domain, ["Building"]),

        // Bytes to values and back.
        module("JSONText", in: .formats),
        module("WireFormat", in: .formats, ["Building", "CZstd", "JSONText"]),
        module("HomeAssistant", in: .formats, ["Building", "WireFormat"]),
        module("GraphQL", in: .formats, ["JSONText"]),
        module("ReadingFiles", in: .formats, ["Building", "WireFormat"]),

        // One safe wrapper per library.
        module("WakeUpPipe", in: .adapters),
        module("MQTT", in: .adapters, ["CMosquitto", "WakeUpPipe"]),
        module("HTTPTransfer", in: .adapters, ["CCurl"]),
        module("Digests", in: .adapters, ["CCrypto"]),
        module("Postgres", in: .adapters, ["CPostgres", "WakeUpPipe"]),
        module("ConfigurationFile", in: .adapters, [yams]),
        module("Telemetry", in: .adapters),
        module("Observability", in: .adapters, ["Building", "CMalloc", argumentParser, logging]),

        // The gateway in a building.
        module("EdgeConfiguration", in: .gateway, ["Building", "ClimateControl", "ConfigurationFile"]),
        module("Outbox", in: .gateway, ["Building", grdb]),
        module("Uplink", in: .gateway, ["Building", "HTTPTransfer", "Outbox", "WireFormat", logging]),
        module(
            "EdgeGateway", in: .gateway,
            [
                "Building", "ClimateControl", "ConfigurationFile", "EdgeConfiguration", "HTTPTransfer", "HomeAssistant",
                "MQTT", "Observability", "Outbox", "Uplink", "WireFormat", lifecycle, logging, unixSignals,
            ]),
        program(
            "hearth-edge", in: .gateway,
            [
                "Building", "ConfigurationFile", "EdgeConfiguration", "EdgeGateway", "Observability", "Outbox",
                "WireFormat", argumentParser, logging,
            ], linking: selfContained),

        // The central service.
        module(
            "CentralStore", in: .central, ["Building", "Digests", "Postgres", logging],
            resources: [.embedInCode("Migrations")]),
        module(
            "HTTPAnswers", in: .central,
            ["Building", "CentralStore", "JSONText", "Telemetry", "WireFormat", hummingbird, logging]),
        module("Live", in: .central, ["Building", "CentralStore", "Postgres", "Telemetry", lifecycle, logging]),
        module(
            "Ingest", in: .central,
            [
                "Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", "WireFormat", hummingbird,
                logging,
            ]),
        module("Mirror", in: .central, ["CentralStore", "HTTPTransfer", "Telemetry", lifecycle, logging]),
        module(
            "MeterData", in: .central,
            ["Building", "CentralStore", "HTTPTransfer", "JSONText", "Observability", "WireFormat", lifecycle, logging]),
        module("Import", in: .central, ["Building", "CentralStore", "HTTPTransfer", "MeterData", "ReadingFiles"]),
        module("Concierge", in: .central, ["Building", "HTTPTransfer", "JSONText", logging]),
        module(
            "GuestChat", in: .central,
            [
                "Building", "CentralStore", "Concierge", "Digests", "HTTPAnswers", "JSONText", "Live", "RestAPI",
                hummingbird,
            ]),
        module(
            "ModelContext", in: .central,
            [
                "Building", "CentralStore", "Concierge", "GuestChat", "HTTPAnswers", "JSONText", "WireFormat",
                hummingbird,
            ]),
        module(
            "RestAPI", in: .central,
            ["Building", "CentralStore", "HTTPAnswers", "JSONText", "Live", "Telemetry", hummingbird, yams],
            resources: [.embedInCode("OpenAPI")]),
        module(
            "HomeEnergyAPI", in: .central, ["Building", "CentralStore", "GraphQL", "HTTPAnswers", hummingbird],
            resources: [.embedInCode("Schema")]),
        module("Pages", in: .central, ["Digests", "HTTPAnswers", hummingbird], resources: [.embedInCode("Files")]),
        module(
            "CentralService", in: .central,
            [
                "Building", "CentralStore", "Concierge", "ConfigurationFile", "GuestChat", "HTTPAnswers",
                "HomeEnergyAPI", "Import", "Ingest", "Live", "MeterData", "Mirror", "ModelContext", "Observability",
                "Pages", "Postgres", "ReadingFiles", "RestAPI", "Telemetry", hummingbird, hummingbirdCore, lifecycle,
                logging, unixSignals,
            ]),
        program(
            "hearth-central", in: .central,
            [
                "Building", "CentralService", "CentralStore", "ConfigurationFile", "Import", "Observability",
                "ReadingFiles", argumentParser, logging,
            ], linking: selfContained),

        // The stand-in for buildings.
        module("RoomPhysics", in: .simulators, ["Building"]),
        module("TestBench", in: .simulators, ["Building", "ClimateControl", "RoomPhysics"]),
        module("HomePhysics", in: .simulators, ["RoomPhysics"]),
        module("SimulatedDevices", in: .simulators, ["Building", "HomePhysics", "ReadingFiles", "RoomPhysics"]),
        program(
            "hearth-simulate", in: .simulators,
            [
                "Building", "ClimateControl", "EdgeConfiguration", "HomePhysics", "JSONText", "MQTT", "Observability",
                "ReadingFiles", "RoomPhysics", "SimulatedDevices", "TestBench", "WireFormat", argumentParser,
                unixSignals,
            ], linking: selfContained),

        // For `make bench-edge`, `make bench-central` and `make bench-comfort`.
        program(
            "hearth-bench", in: .benchmarks,
            ["Building", "MQTT", "Outbox", "SimulatedDevices", "WireFormat", argumentParser, grdb]),
        program("bench-comfort", in: .benchmarks, ["ClimateControl", "RoomPhysics", "TestBench"]),

        // What tests need: real programs, ports, folders, databases, browsers.
        module("Rig", in: .testSupport),
        module("DatabaseRig", in: .testSupport, ["Postgres", "Rig"]),
        module("BrowserRig", in: .testSupport, ["HTTPTransfer", "Rig"]),
        module("ProviderRig", in: .testSupport, ["Concierge", "HTTPTransfer", "JSONText"]),
        .target(name: "CFaultyDisk", path: "Tests/Support/CFaultyDisk", linkerSettings: [.linkedLibrary("sqlite3")]),

        // Tests of domain.
        tests("BuildingTests", in: .domainTests, ["Building", "ClimateControl"]),
        tests("ClimateControlTests", in: .domainTests, ["Building", "ClimateControl"]),

        // Tests of formats.
        tests("GraphQLTests", in: .formatTests, ["GraphQL", "Rig"]),
        tests("JSONTextTests", in: .formatTests, ["JSONText"]),
        tests("ReadingFilesTests", in: .formatTests, ["Building", "ReadingFiles", "Rig"]),
        tests("WireFormatTests", in: .formatTests, ["Building", "Rig", "WireFormat"]),

        // Tests of adapters.
        tests("DigestsTests", in: .adapterTests, ["Digests"]),
        tests("MQTTTests", in: .adapterTests, ["MQTT", "Rig"]),
        tests("PostgresTests", in: .adapterTests, ["DatabaseRig", "Postgres", "Rig"]),

        // Tests of gateway.
        tests(
            "EdgeConfigurationTests", in: .gatewayTests, ["Building", "ConfigurationFile", "EdgeConfiguration", "Rig"]),
        tests(
            "EdgeGatewayTests", in: .gatewayTests,
            [
                "Building", "ClimateControl", "EdgeConfiguration", "EdgeGateway", "MQTT", "Outbox", "Rig", "Uplink",
                "WireFormat", logging,
            ]),
        tests("HomeAssistantTests", in: .gatewayTests, ["Building", "EdgeGateway", "HomeAssistant", "Rig"]),
        tests("OutboxTests", in: .gatewayTests, ["Building", "Outbox", "Rig", grdb]),
        tests(
            "UplinkTests", in: .gatewayTests,
            ["Building", "HTTPTransfer", "Outbox", "Rig", "Uplink", "WireFormat", logging]),

        // Tests of central.
        tests(
            "CentralTests", in: .centralTests,
            [
                "BrowserRig", "Building", "CentralService", "CentralStore", "Concierge", "ConfigurationFile",
                "DatabaseRig", "HTTPAnswers", "HTTPTransfer", "HomeEnergyAPI", "JSONText", "Live", "Mirror", "Postgres",
                "ProviderRig", "RestAPI", "Rig", "Telemetry", "WireFormat", hummingbird, logging,
            ]),
        tests(
            "ConciergeTests", in: .centralTests,
            ["Building", "Concierge", "HTTPTransfer", "JSONText", "ProviderRig", "Rig"]),
        tests(
            "ImportTests", in: .centralTests,
            ["Building", "CentralStore", "DatabaseRig", "Import", "Postgres", "ReadingFiles", "Rig", logging]),
        tests(
            "MeterDataTests", in: .centralTests,
            [
                "Building", "CentralStore", "DatabaseRig", "HTTPTransfer", "MeterData", "Postgres", "Rig", hummingbird,
                logging,
            ]),

        // Tests of simulators.
        tests("HearthSimulateTests", in: .simulatorTests, ["MQTT", "Rig"]),
        tests("HomePhysicsTests", in: .simulatorTests, ["HomePhysics", "RoomPhysics"]),
        tests("RoomPhysicsTests", in: .simulatorTests, ["RoomPhysics"]),
        tests("SimulatedDevicesTests", in: .simulatorTests, ["Building", "HomePhysics", "SimulatedDevices"]),
        tests("TestBenchTests", in: .simulatorTests, ["Building", "ClimateControl", "RoomPhysics", "TestBench"]),

        // Tests of the product as a whole.
        program(
            "hearth-fuzz", in: .systemTests,
            [
                "Building", "CentralStore", "EdgeConfiguration", "EdgeGateway", "GuestChat", "HTTPAnswers", "Ingest",
                "JSONText", "RestAPI", "Rig", "WireFormat", argumentParser, hummingbird, logging,
            ]),
        tests("ChainTests", in: .systemTests, ["BrowserRig", "DatabaseRig", "MQTT", "Rig"]),
        tests("ChaosTests", in: .systemTests, ["DatabaseRig", "EdgeGateway", "Rig", grdb]),
        tests("FuzzTests", in: .systemTests, ["Rig", "hearth-fuzz"]),
        tests(
            "SimulationTests", in: .systemTests,
            [
                "Building", "CFaultyDisk", "CentralStore", "ClimateControl", "DatabaseRig", "EdgeConfiguration",
                "EdgeGateway", "HTTPAnswers", "HTTPTransfer", "Ingest", "Live", "Outbox", "Postgres", "Rig", "Uplink",
                grdb, hummingbird, logging,
            ]),
    ]
)
