// swift-tools-version: 6.2
import PackageDescription

/// One dialect for every target: Swift 6, strict memory safety, no warning survives.
let dialect: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, in folder: String = "Sources", needs dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: dialect)
}

/// A module with tables of its own: the numbered .sql files in its folder `Schema` are built into it.
func migrating(_ name: String, needs dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: dialect, plugins: ["MigrationsPlugin"])
}

/// A module whose Swift comes from the .proto files that its `Proto` symlink shows.
func generated(_ name: String, in folder: String = "Sources", needs dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies + ["Protobuf"], path: "\(folder)/\(name)",
        swiftSettings: dialect, plugins: ["SwitchgenPlugin"])
}

func program(_ name: String, in folder: String = "Sources", needs dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: dialect)
}

func tests(_ name: String, of dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: dialect)
}

let package = Package(
    name: "switchboard",
    products: [
        .library(name: "Protobuf", targets: ["Protobuf"]),
        .library(name: "StandardTypes", targets: ["StandardTypes"]),
        .library(name: "Validation", targets: ["Validation"]),
        .library(name: "ProtoSchema", targets: ["ProtoSchema"]),
        .library(name: "RPC", targets: ["RPC", "StandardServices", "StandardTypes", "Validation", "OptionsAPI", "Protobuf", "TLS", "Net"]),
        .library(name: "RPCTesting", targets: ["RPCTesting"]),
        .library(name: "SwitchboardAPI", targets: ["SwitchboardAPI"]),
        .plugin(name: "SwitchgenPlugin", targets: ["SwitchgenPlugin"]),
        .executable(name: "switchboard", targets: ["switchboard"]),
        .executable(name: "switchctl", targets: ["switchctl"]),
        .executable(name: "switchbench", targets: ["switchbench"]),
        .executable(name: "switchgen", targets: ["switchgen"]),
    ],
    targets: [
        // The C libraries we stand on.
        .systemLibrary(name: "CNet", path: "Sources/CNet"),
        .systemLibrary(name: "CPostgres", path: "Sources/CPostgres"),

        // The transport, from descriptors up to typed calls.
        library("Net", needs: ["CNet"]),
        library("Crypto", needs: ["CNet"]),
        library("TLS", needs: ["CNet", "Crypto"]),
        library("HTTP2", needs: ["CNet", "Net", "Crypto", "TLS"]),
        library("Protobuf"),
        generated("StandardTypes"),
        library("Pattern"),
        generated("OptionsAPI", needs: ["StandardTypes"]),
        generated("Validation", needs: ["Pattern", "StandardTypes"]),
        library("RPC", needs: ["CNet", "Net", "Crypto", "TLS", "HTTP2", "Protobuf", "StandardTypes", "Validation"]),
        .target(
            name: "StandardServices", dependencies: ["RPC", "Protobuf", "StandardTypes"],
            path: "Sources/StandardServices", swiftSettings: dialect, plugins: ["SwitchgenPlugin"]),
        library("RPCTesting", needs: ["RPC", "HTTP2", "Net"]),

        // The database.
        library("Postgres", needs: ["CPostgres", "Net", "Crypto"]),

        // What leaves the house.
        migrating("Senders", needs: ["Net", "Crypto", "TLS", "Postgres"]),

        // The services.
        generated("LeadAPI", needs: ["RPC", "StandardTypes", "OptionsAPI"]),
        generated("BillingAPI", needs: ["RPC", "StandardTypes", "Validation", "OptionsAPI"]),
        generated("ConfigAPI", needs: ["StandardTypes"]),
        generated("AdminAPI", needs: ["RPC", "StandardTypes", "Validation", "OptionsAPI"]),
        library("SwitchboardAPI", needs: ["LeadAPI", "BillingAPI", "AdminAPI", "RPC", "StandardTypes", "Net"]),
        migrating(
            "Platform",
            needs: [
                "Net", "Crypto", "TLS", "HTTP2", "RPC", "Protobuf", "StandardTypes", "StandardServices", "Postgres", "Senders", "ConfigAPI",
            ]),
        library("Resources", needs: ["StandardTypes", "Postgres", "Crypto"]),
        migrating(
            "LeadServer",
            needs: [
                "Resources", "Platform", "LeadAPI", "RPC", "Validation", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto",
                "Net",
            ]),
        migrating(
            "BillingServer",
            needs: ["Resources", "Platform", "BillingAPI", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto", "Net"]),
        library(
            "AdminServer",
            needs: ["Resources", "Platform", "AdminAPI", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto", "Net"]),

        // The programs, and what a command line is made of.
        library("Console"),
        program(
            "switchboard",
            needs: [
                "Console", "LeadServer", "BillingServer", "AdminServer", "AdminAPI", "Platform", "ConfigAPI", "StandardServices", "RPC",
                "HTTP2", "TLS", "Crypto", "Net", "Postgres", "Senders", "Protobuf", "StandardTypes",
            ]),
        program(
            "switchctl",
            needs: [
                "Console", "SwitchboardAPI", "LeadAPI", "BillingAPI", "AdminAPI", "StandardServices", "RPC", "Protobuf", "StandardTypes",
                "TLS", "Net",
            ]),
        generated("BenchAPI", in: "Benchmarks", needs: ["RPC", "StandardTypes", "OptionsAPI"]),
        generated("InteropAPI", in: "Benchmarks", needs: ["RPC", "StandardTypes"]),
        library("CodecBench", in: "Benchmarks", needs: ["BenchAPI", "Protobuf"]),
        library("AttackBench", in: "Benchmarks", needs: ["Net"]),
        program(
            "switchbench", in: "Benchmarks",
            needs: [
                "BenchAPI", "InteropAPI", "LeadAPI", "BillingAPI", "CodecBench", "AttackBench", "RPC", "StandardServices", "HTTP2", "TLS",
                "Crypto", "Net", "Protobuf", "Platform", "Postgres", "StandardTypes", "ConfigAPI", "AdminAPI", "Console",
            ]),

        // The generator.
        library("ProtoSchema", in: "Codegen", needs: ["Protobuf"]),
        library("ProtoPolicy", in: "Codegen", needs: ["Protobuf"]),
        library("SwiftEmitter", in: "Codegen", needs: ["ProtoPolicy", "Protobuf", "Pattern"]),
        library("SwitchgenTool", in: "Codegen", needs: ["SwiftEmitter", "ProtoSchema", "ProtoPolicy", "Protobuf", "Console"]),
        program("switchgen", in: "Codegen", needs: ["SwitchgenTool"]),
        .plugin(name: "SwitchgenPlugin", capability: .buildTool(), dependencies: ["switchgen"], path: "Codegen/SwitchgenPlugin"),
        .plugin(name: "MigrationsPlugin", capability: .buildTool(), dependencies: ["switchgen"], path: "Codegen/MigrationsPlugin"),

        // The tests.
        .target(
            name: "TestSupport", dependencies: ["Net", "Crypto", "TLS", "Postgres"], path: "Tests/TestSupport", swiftSettings: dialect),
        .testTarget(
            name: "ProtobufTests", dependencies: ["Protobuf", "StandardTypes"], path: "Tests/ProtobufTests", swiftSettings: dialect,
            plugins: ["SwitchgenPlugin"]),
        generated("NamesAPI", in: "Tests", needs: ["RPC", "StandardTypes"]),
        // What other implementations' results are compared with.
        .executableTarget(
            name: "codecpeer", dependencies: ["Protobuf", "StandardTypes"], path: "Tests/CodecPeer", swiftSettings: dialect,
            plugins: ["SwitchgenPlugin"]),
        tests(
            "CodegenTests", of: ["SwitchgenTool", "ProtoSchema", "ProtoPolicy", "SwiftEmitter", "Protobuf", "NamesAPI"],
            exclude: ["Golden", "Errors", "PolicyErrors", "Torture", "Python"]),
        tests("PatternTests", of: ["Pattern", "TestSupport"], exclude: ["Python"]),
        .testTarget(
            name: "ValidationTests",
            dependencies: ["Validation", "RPC", "Protobuf", "StandardTypes", "SwiftEmitter", "ProtoSchema", "Net", "TestSupport"],
            path: "Tests/ValidationTests",
            exclude: ["Python", "Errors"], swiftSettings: dialect, plugins: ["SwitchgenPlugin"]),
        tests("NetTests", of: ["Net"]),
        tests("CryptoTests", of: ["Crypto", "TestSupport"]),
        tests("TLSTests", of: ["TLS", "Crypto", "TestSupport"]),
        tests("HTTP2Tests", of: ["HTTP2", "TLS", "Crypto", "Net", "CNet", "TestSupport"]),
        tests(
            "RPCTests",
            of: [
                "RPCTesting", "RPC", "BenchAPI", "InteropAPI", "AttackBench", "StandardServices", "StandardTypes", "Protobuf", "HTTP2",
                "TLS",
                "Crypto", "Net", "TestSupport",
            ], exclude: ["Simulation/README.md"]),
        tests("PostgresTests", of: ["Postgres", "Net", "Crypto", "TestSupport"]),
        tests("SendersTests", of: ["Senders", "Postgres", "TLS", "Crypto", "Net", "TestSupport"]),
        tests("OutboundTests", of: ["Platform", "Senders", "Postgres", "Crypto", "Net", "TestSupport"]),
        tests("ConsoleTests", of: ["Console"]),
        tests(
            "PlatformTests",
            of: [
                "Platform", "ConfigAPI", "Console", "RPC", "HTTP2", "Crypto", "Net", "Postgres", "Senders", "Protobuf", "StandardTypes",
                "TestSupport",
            ]),
        tests(
            "IdentityTests",
            of: [
                "Platform", "BenchAPI", "RPCTesting", "RPC", "StandardServices", "Protobuf", "StandardTypes", "HTTP2", "TLS", "Crypto",
                "Net", "Postgres", "TestSupport",
            ]),
        tests(
            "JobTests", of: ["Platform", "RPC", "Protobuf", "StandardTypes", "Postgres", "Crypto", "Net", "TestSupport"]),
        tests(
            "AdminTests",
            of: [
                "AdminServer", "SwitchboardAPI", "AdminAPI", "Resources", "Platform", "RPC", "Protobuf", "StandardTypes", "Senders",
                "Postgres",
                "Crypto", "Net",
                "TestSupport",
            ]),
        tests(
            "LeadTests",
            of: [
                "LeadServer", "LeadAPI", "Resources", "Platform", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto",
                "Net",
                "TestSupport",
            ]),
        tests(
            "BillingServerTests",
            of: [
                "BillingServer", "BillingAPI", "Resources", "Platform", "RPC", "Protobuf", "StandardTypes", "Senders", "Postgres", "Crypto",
                "Net", "TestSupport",
            ]),
        tests(
            "SchemaTests",
            of: [
                "switchboard", "AdminServer", "AdminAPI", "Senders", "LeadServer", "LeadAPI", "BillingServer", "BillingAPI", "Resources",
                "Platform", "Console",
                "Postgres",
                "StandardTypes",
                "Protobuf",
                "HTTP2", "RPC", "Crypto", "Net", "TestSupport",
            ], exclude: ["released.txt", "schema.sql"]),
        tests(
            "EndToEndTests",
            of: [
                "Console", "LeadAPI", "BillingAPI", "AdminAPI", "Protobuf", "Platform", "RPC", "StandardServices", "StandardTypes", "TLS",
                "Crypto",
                "Net", "Postgres",
                "Senders", "TestSupport",
            ]),
        tests("InteropTests", of: ["Crypto", "TestSupport"], exclude: ["Cpp", "Go", "Python"]),
        tests("BenchTests", of: ["CodecBench"]),
        tests("ArchitectureTests", of: []),
    ]
)
