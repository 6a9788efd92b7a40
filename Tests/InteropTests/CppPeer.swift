import TestSupport

/// gRPC C++'s side of the interoperability tests, which the folder Cpp has; built once, when it is first needed.
enum CppPeer {
    /// The folder of `testing_server` and `testing_client`.
    static func folder() async throws -> String {
        try await built.value
    }

    private static let built = Task {
        let folder = "\(BuiltProgram.package)/.build/cpp"
        let (ending, output) = try await Program.run(["\(BuiltProgram.package)/Tests/InteropTests/Cpp/build.sh", folder])
        guard ending == .exited(0) else { throw ProgramFailure("gRPC C++'s programs could not be built:\n\(output)") }
        return folder
    }
}
