import TestSupport
import Testing

@Suite("grpcurl and buf curl", .timeLimit(.minutes(10)))
struct CommandLineClientTests {
    @Test("make the four kinds of call with random payloads", arguments: CommandLineClient.allCases)
    func calls(_ client: CommandLineClient) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let payloads = [1, 20, 300, 20_000].map { random.bytes($0) }
        let requests = payloads.map { CommandLineClient.request($0) }
        let large = random.bytes(64 * 1024)
        try await EchoServer.serve(.mutualTLS) { server in
            for (kind, messages, expected) in [
                ("Unary", [CommandLineClient.request(large)], [large]),
                ("ServerStream", [CommandLineClient.request(payloads[2], count: 5)], Array(repeating: payloads[2], count: 5)),
                ("ClientStream", requests, [payloads.flatMap { $0 }]),
                ("BidiStream", requests, payloads),
            ] {
                let (ending, output) = try await client.call("bench.v1.Echo/\(kind)", messages, server)
                #expect(ending == .exited(0), "\(client) \(kind), seed \(seed): \(output.prefix(2000))")
                #expect(CommandLineClient.payloads(output) == expected, "\(client) \(kind), seed \(seed): \(output.prefix(2000))")
            }
        }
    }

    @Test("list the services and their methods")
    func lists() async throws {
        try await EchoServer.serve(.mutualTLS) { server in
            let services = [
                "bench.v1.Echo", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
            ]
            let listed = try await CommandLineClient.grpcurl.run([server.address, "list"], server)
            #expect(listed.output.split(separator: "\n").map(String.init) == services)

            let methods = ["BidiStream", "ClientStream", "ServerStream", "Unary"]
            let ofEcho = try await CommandLineClient.grpcurl.run([server.address, "list", "bench.v1.Echo"], server)
            #expect(ofEcho.output.split(separator: "\n").map(String.init) == methods.map { "bench.v1.Echo.\($0)" })

            let all = try await CommandLineClient.buf.run(["--list-methods", "https://\(server.address)"], server)
            #expect(all.ending == .exited(0), "\(all.output)")
            for method in methods.map({ "bench.v1.Echo/\($0)" }) + [
                "grpc.health.v1.Health/Check", "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            ] {
                #expect(all.output.split(separator: "\n").contains(Substring(method)), "\(all.output)")
            }
        }
    }

    @Test(
        "are told each service's and message's definition, comments included",
        arguments: [
            ("bench.v1.Echo", "rpc BidiStream ( stream .bench.v1.EchoRequest ) returns ( stream .bench.v1.EchoReply );"),
            ("bench.v1.Echo", "// One reply for each request, in order."),
            ("bench.v1.EchoRequest", "int32 delay_ms = 2;"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus", "SERVICE_UNKNOWN = 3;"),
            ("grpc.reflection.v1.ServerReflection", "rpc ServerReflectionInfo ( stream .grpc.reflection.v1.ServerReflectionRequest )"),
        ])
    func describe(_ symbol: String, _ line: String) async throws {
        try await EchoServer.serve(.mutualTLS) { server in
            let (ending, output) = try await CommandLineClient.grpcurl.run([server.address, "describe", symbol], server)
            #expect(ending == .exited(0) && output.contains(line), "\(output)")
        }
    }

    @Test("report a status by its name", arguments: [(CommandLineClient.grpcurl, "NotFound"), (.buf, "not_found")])
    func statuses(_ client: CommandLineClient, _ name: String) async throws {
        try await EchoServer.serve(.mutualTLS) { server in
            let (ending, output) = try await client.call("grpc.health.v1.Health/Check", ["{\"service\": \"x.Missing\"}"], server)
            #expect(ending != .exited(0) && output.contains(name) && output.contains("x.Missing"), "\(output)")
        }
    }

    @Test("know no method that is not there", arguments: CommandLineClient.allCases)
    func missing(_ client: CommandLineClient) async throws {
        try await EchoServer.serve(.mutualTLS) { server in
            let (ending, output) = try await client.call("bench.v1.Echo/Missing", ["{}"], server)
            #expect(ending != .exited(0) && output.contains("Missing"), "\(output)")
        }
    }

    @Test("are refused without a client certificate")
    func noCertificate() async throws {
        try await EchoServer.serve(.mutualTLS) { server in
            let arguments = ["-max-time", "20", "-cacert", server.files.authority, server.address, "list"]
            let refused = try await Program.run([try ForeignClient.grpcurl.path] + arguments)
            #expect(refused.ending != .exited(0), "\(refused.output)")
            let accepted = try await CommandLineClient.grpcurl.run([server.address, "list"], server)
            #expect(accepted.ending == .exited(0), "\(accepted.output)")
        }
    }
}
