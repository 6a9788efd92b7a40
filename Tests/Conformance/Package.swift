// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: its .proto files are brought by whoever runs it (`make conformance-testee PROTOS=…`), so nothing that
/// `make test` builds can depend on it.
let package = Package(
    name: "conformance",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        .executableTarget(
            name: "testee",
            dependencies: [
                .product(name: "Protobuf", package: "switchboard"),
                .product(name: "StandardTypes", package: "switchboard"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .strictMemorySafety(),
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ],
            plugins: [.plugin(name: "SwitchgenPlugin", package: "switchboard")])
    ]
)
