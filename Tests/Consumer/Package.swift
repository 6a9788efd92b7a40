// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "hello",
    dependencies: [.package(name: "switchboard", path: "../..")],
    targets: [
        .executableTarget(
            name: "hello",
            dependencies: [.product(name: "RPC", package: "switchboard")],
            plugins: [.plugin(name: "SwitchgenPlugin", package: "switchboard")])
    ]
)
