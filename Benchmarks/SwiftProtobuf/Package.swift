// swift-tools-version: 6.2
import PackageDescription

// The codec benchmark's cases for swift-protobuf, for comparison only: nothing of Switchboard depends on it. Benchmarks/codec.sh
// copies it below .build and writes bench/v1/codec.pb.swift into Generated, with the protoc plugin that this package brings.
let package = Package(
    name: "swift-protobuf-codec",
    dependencies: [.package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0")],
    targets: [
        .executableTarget(
            name: "codec", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")], path: ".",
            sources: ["main.swift", "Generated"])
    ]
)
