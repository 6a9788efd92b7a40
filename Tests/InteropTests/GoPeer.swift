import TestSupport

/// grpc-go's side of the interoperability tests, which the folder Go has; built once, when it is first needed.
enum GoPeer {
    /// The folder of `testing_server` and `testing_client`.
    static func folder() async throws -> String {
        try await built.value
    }

    private static let built = Task {
        let folder = "\(BuiltProgram.package)/.build/go"
        let (ending, output) = try await Program.run(["\(BuiltProgram.package)/Tests/InteropTests/Go/build.sh", folder])
        guard ending == .exited(0) else { throw ProgramFailure("grpc-go's programs could not be built:\n\(output)") }
        return folder
    }
}
