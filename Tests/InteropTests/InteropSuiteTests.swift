import Glibc
import TestSupport
import Testing

/// gRPC's own interoperability tests (grpc/doc/interop-test-descriptions.md), both ways between us and its two older implementations: the C
/// core, by grpcio and gRPC C++, and grpc-go.
@Suite("gRPC's interoperability tests", .timeLimit(.minutes(10)))
struct InteropSuiteTests {
    @Test("grpcio's client passes them on our server", arguments: [EchoServer.Security.cleartext, .tls])
    func server(_ security: EchoServer.Security) async throws {
        try await EchoServer.serve(security, by: .interop) { try await PythonScript("testing_client").check($0) }
    }

    @Test("gRPC C++'s client passes them on our server, those with compression, too", arguments: [EchoServer.Security.cleartext, .tls])
    func cppClient(_ security: EchoServer.Security) async throws {
        let program = try await CppPeer.folder() + "/testing_client"
        try await EchoServer.serve(security, by: .interop) { server in
            let (ending, output) = try await Program.run([program, server.address] + (security == .tls ? [server.files.authority] : []))
            #expect(ending == .exited(0) && output.contains("19 of 19 passed"), "\(output)")
        }
    }

    @Test("grpc-go's client passes them on our server", arguments: [EchoServer.Security.cleartext, .tls])
    func goClient(_ security: EchoServer.Security) async throws {
        let program = try await GoPeer.folder() + "/testing_client"
        try await EchoServer.serve(security, by: .interop) { server in
            let (ending, output) = try await Program.run([program, server.address] + (security == .tls ? [server.files.authority] : []))
            #expect(ending == .exited(0) && output.contains("18 of 18 passed"), "\(output)")
        }
    }

    @Test("our client passes them on grpcio's server", arguments: [EchoServer.Security.cleartext, .tls])
    func client(_ security: EchoServer.Security) async throws {
        let command = try PythonScript("testing_server").command
        // A server of grpcio cannot tell whether a message came compressed.
        let cases = try await Self.cases().filter { !$0.contains("compressed") }
        try await runClient(cases, on: command, environment: PythonScript.environment, security)
    }

    @Test(
        "our client tries calls again that grpcio's server fails, and keeps to its pushback",
        arguments: [EchoServer.Security.cleartext, .tls])
    func retries(_ security: EchoServer.Security) async throws {
        let command = try PythonScript("testing_server").command
        let cases = ["retry_backoff", "retry_exhausted", "retry_pushback", "retry_pushback_never"]
        try await runClient(cases, on: command, environment: PythonScript.environment, security)
    }

    @Test("our client passes them on gRPC C++'s server", arguments: [EchoServer.Security.cleartext, .tls])
    func clientOnCpp(_ security: EchoServer.Security) async throws {
        try await runClient(Self.cases(), on: [try await CppPeer.folder() + "/testing_server"], security)
    }

    @Test("our client passes them on grpc-go's server", arguments: [EchoServer.Security.cleartext, .tls])
    func clientOnGo(_ security: EchoServer.Security) async throws {
        // A server of grpc-go 1.33 does not say whether a message came compressed, nor choose whether a reply goes so.
        let cases = try await Self.cases().filter { !$0.contains("compressed") }
        try await runClient(cases, on: [try await GoPeer.folder() + "/testing_server"], security)
    }

    private func runClient(
        _ cases: [String], on command: [String], environment: [String: String] = [:], _ security: EchoServer.Security
    ) async throws {
        let files = try TestPKIFiles()
        let server = try Program(
            command + (security == .tls ? [files.server, files.serverKey] : []), environment: environment)
        let port = try #require(try await server.line(), "the server did not say where it serves")
        for name in cases {
            var command = [try BuiltProgram.path("switchbench"), "interop-client", "--port", port, "--test-case", name]
            if security == .tls { command += ["--tls", "--ca", files.authority, "--server-name", "localhost"] }
            let (ending, output) = try await Program.run(command)
            #expect(ending == .exited(0) && output == "\(name): passed\n", "\(name): \(output)")
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == .exited(0))
    }

    @Test("our client fails a test that its server does not pass", arguments: ["large_unary", "ping_pong", "custom_metadata"])
    func failure(_ name: String) async throws {
        // The echo server has no TestService.
        try await EchoServer.serve(.cleartext) { server in
            let port = try #require(server.address.split(separator: ":").last.map(String.init))
            let (ending, output) = try await Program.run([
                try BuiltProgram.path("switchbench"), "interop-client", "--port", port, "--test-case", name,
            ])
            #expect(ending == .exited(1), "\(output)")
            #expect(output.contains("UNIMPLEMENTED"), "\(output)")
        }
    }

    @Test("our client's help names every test")
    func help() async throws {
        #expect(try await Self.cases().count == 20)
    }

    /// The tests that our client knows, from its own help.
    private static func cases() async throws -> [String] {
        let (_, output) = try await Program.run([try BuiltProgram.path("switchbench"), "help"])
        let words = try #require(output.split(separator: "The tests: ").last?.split(separator: ".").first, "\(output)")
        return words.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\n" } }
    }
}
