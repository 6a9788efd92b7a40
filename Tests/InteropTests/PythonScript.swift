import TestSupport
import Testing

/// A script of the folder Python: its checks all run against one server, and every one must hold.
struct PythonScript {
    let name: String

    init(_ name: String) {
        self.name = name
    }

    func check(_ server: EchoServer) async throws {
        let (ending, output) = try await run(server)
        #expect(ending == .exited(0), "\(name).py:\n\(output)")
        // Its last line; a script that ran nothing must not look like one that found nothing.
        #expect(output.contains(" checks held"), "\(name).py:\n\(output)")
    }

    private func run(_ server: EchoServer) async throws -> (ending: Program.Ending, output: String) {
        var command = try self.command + ["--address", server.address]
        command += ["--pid", String(server.program.identifier), "--seed", String(UInt32.random(in: 0 ... .max))]
        if server.security != .cleartext { command += ["--pki", server.files.folder] }
        if server.security == .mutualTLS { command += ["--certificate", "client"] }
        return try await Program.run(command, environment: Self.environment)
    }

    var command: [String] {
        get throws { [try ForeignClient.python.path, "\(BuiltProgram.package)/Tests/InteropTests/Python/\(name).py"] }
    }

    /// Where grpcio-tools finds the .proto files, of which it makes stubs in memory.
    static var environment: [String: String] {
        ["PYTHONPATH": "\(BuiltProgram.package)/Benchmarks/Proto", "PYTHONDONTWRITEBYTECODE": "1"]
    }
}
