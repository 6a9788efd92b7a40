import Glibc
import TestSupport
import Testing

/// `switchbench echo`, or another of its servers, as a process of its own on a free port, with certificates that are gone with it.
final class EchoServer: Sendable {
    /// The command of switchbench.
    enum Command: String { case echo, interop = "interop-server" }

    enum Security: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case cleartext, tls, mutualTLS

        var testDescription: String {
            switch self {
            case .cleartext: "in cleartext"
            case .tls: "over TLS"
            case .mutualTLS: "over mutual TLS"
            }
        }
    }

    let security: Security
    let program: Program
    let files: TestPKIFiles
    /// 127.0.0.1 and the port that was free.
    let address: String

    private init(_ security: Security, _ program: Program, _ files: TestPKIFiles, _ address: String) {
        self.security = security
        self.program = program
        self.files = files
        self.address = address
    }

    /// Serves while `body` runs, then ends on SIGTERM, by itself and well: a server that trapped or hangs fails the test.
    static func serve(_ security: Security, by command: Command = .echo, _ body: (EchoServer) async throws -> Void) async throws {
        let server = try await start(security, command)
        try await body(server)
        server.program.signal(SIGTERM)
        #expect(try await server.program.end() == .exited(0), "the server did not end well")
    }

    private static func start(_ security: Security, _ service: Command) async throws -> EchoServer {
        let files = try TestPKIFiles()
        var command = [try BuiltProgram.path("switchbench"), service.rawValue, "--port", "0"]
        if service == .echo { command += ["--metadata"] }
        switch security {
        case .cleartext: break
        case .tls: command += ["--tls", "--cert", files.server, "--key", files.serverKey]
        case .mutualTLS: command += ["--mtls", "--cert", files.server, "--key", files.serverKey, "--ca", files.authority]
        }
        let program = try Program(command)
        // serving bench.v1.Echo on 127.0.0.1:36871, TLS, 2 loop(s)
        guard let line = try await program.line(),
            let address = line.split(whereSeparator: { $0 == " " || $0 == "," }).first(where: { $0.hasPrefix("127.0.0.1:") })
        else { throw ProgramFailure("switchbench did not say where it serves") }
        return EchoServer(security, program, files, String(address))
    }
}
