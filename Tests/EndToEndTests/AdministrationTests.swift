import AdminAPI
import Console
import Glibc
import Net
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// The server that answers, looked at and ended through its own administration.
struct AdministrationTests {
    /// A server, and the way to its administration as one who looks after the platform.
    private static func with(_ body: (Deployment, Program, AdminServiceClient, CallOptions) async throws -> Void) async throws {
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try await deployment.migrate()
            try await BuiltPrograms.demand("key-ring", "new", "\(folder.path)/ring", "one")
            try deployment.write(
                try Files.text(deployment.config)
                    .replacing("\"secretFile\":", with: "\"secrets\": {\"keyRingFile\": \"ring\"}, \"secretFile\":"))
            let (server, address) = try await deployment.serve()
            let loop = try EventLoop(name: "admin")
            let token = try await BuiltPrograms.switchboard(
                "token", "issue", "--key", "\(folder.path)/token.key", "--key-id", "k1", "--issuer", "example", "--certificate",
                "\(folder.path)/admin.pem", "--subject", "ada", "--tenant", "acme", "--roles", "platform_admin")
            try #require(token.exitCode == 0, "\(token)")
            let (channel, _) = try await deployment.channel(to: address, loop)
            let metadata = Metadata([("authorization", "Bearer \(token.output.prefix { $0 != "\n" })")])
            try await body(deployment, server, AdminServiceClient(channel), CallOptions(metadata: metadata, timeout: .seconds(300)))
            await channel.close()
            loop.shutdown()
        }
    }

    @Test("SEC-10 · E3 · ServerInfo and ListConnections tell what a server is and who is there; nothing of it is secret")
    func information() async throws {
        try await Self.with { deployment, server, client, options in
            let info = try await client.serverInfo(ServerInfoRequest(), options)
            #expect(info.processID == Int64(server.identifier))
            #expect(info.loops.count == 1 && info.loops[0].connections == 1)
            #expect(info.runningCalls == 1)
            #expect(info.keys.map { "\($0.id) \($0.use)" } == ["k1 verifies tokens", "one seals"])
            #expect(info.schemas.map(\.part) == ["billing", "lead", "platform", "senders"] && info.schemas.allSatisfy { $0.number > 0 })
            #expect(info.certificate.map { $0.names.contains("127.0.0.1") && $0.notAfter != nil } == true)
            #expect(info.configurationDigest.count == 64)
            #expect(!info.isDraining)
            let text = try info.json()
            for line in try Files.text("\(deployment.folder)/ring").split(separator: "\n") where !line.hasPrefix("#") {
                #expect(!text.contains(line.split(separator: " ")[2]))
            }

            let (second, _) = try await deployment.channel(to: info.address, try EventLoop(name: "second"))
            _ = try await AdminServiceClient(second).serverInfo(ServerInfoRequest(), options)
            var request = ListConnectionsRequest()
            request.pageSize = 1
            var found: [ServerConnection] = []
            repeat {
                let page = try await client.listConnections(request, options)
                #expect(page.connections.count <= 1)
                found += page.connections
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            #expect(found.count == 2)
            #expect(found.allSatisfy { $0.service == "spiffe://prod.example.com/svc/admin" && $0.tlsVersion == "TLS 1.3" })
            #expect(found.map(\.openStreams) == [1, 0])
            request.pageToken = "forged"
            let refused = await #expect(throws: RPCError.self) { _ = try await client.listConnections(request, options) }
            #expect(refused?.code == .invalidArgument)
            await second.close()
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }

    @Test("E3 · ReloadConfig takes all of a new configuration or nothing of it, and says which")
    func reload() async throws {
        try await Self.with { deployment, server, client, options in
            let before = try await client.serverInfo(ServerInfoRequest(), options)
            let same = try await client.reloadConfig(ReloadConfigRequest(), options)
            #expect(same.changed == [] && same.needsRestart == [] && same.configurationDigest == before.configurationDigest)

            let good = try Files.text(deployment.config)
            try await BuiltPrograms.demand("key-ring", "add", "\(deployment.folder)/ring", "two")
            try deployment.write(good.replacing("\"drainGrace\": \"1s\"", with: "\"drainGrace\": \"2s\", \"address\": \"127.0.0.2\""))
            let changed = try await client.reloadConfig(ReloadConfigRequest(), options)
            #expect(changed.changed == ["listen.drainGrace", "secrets.keyRingFile"])
            #expect(changed.needsRestart == ["listen.address"])
            #expect(changed.configurationDigest != before.configurationDigest)
            let now = try await client.serverInfo(ServerInfoRequest(), options)
            #expect(now.keys.map { "\($0.id) \($0.use)" } == ["k1 verifies tokens", "one seals", "two opens"])
            #expect(now.configurationDigest == changed.configurationDigest)

            // The ring's new key would be good; the certificate is not.
            try await BuiltPrograms.demand("key-ring", "use", "\(deployment.folder)/ring", "two")
            try Files.write("no certificate", to: "\(deployment.folder)/server.pem")
            let refused = await #expect(throws: RPCError.self) { _ = try await client.reloadConfig(ReloadConfigRequest(), options) }
            #expect(refused?.code == .failedPrecondition)
            #expect(refused?.message.contains("server.pem") == true, "\(String(describing: refused))")
            let after = try await client.serverInfo(ServerInfoRequest(), options)
            #expect(after.keys == now.keys && after.configurationDigest == now.configurationDigest)
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }

    @Test("REL · Drain answers the one who asks, and then the server ends by itself")
    func drain() async throws {
        try await Self.with { _, server, client, options in
            var request = DrainRequest()
            request.reason = "a new version"
            let reply = try await client.drain(request, options)
            #expect(!reply.wasDraining && reply.runningCalls == 1 && reply.connections == 1)
            #expect(reply.grace?.seconds == 1)
            #expect(try await server.end() == .exited(0))
        }
    }

    @Test("E3 · Who looks after a tenant only does not look after servers")
    func scope() async throws {
        try await Self.with { deployment, server, client, _ in
            let metadata = Metadata([("authorization", "Bearer \(try await deployment.token())")])
            let options = CallOptions(metadata: metadata, timeout: .seconds(300))
            let calls: [() async throws -> Void] = [
                { _ = try await client.drain(DrainRequest(), options) },
                { _ = try await client.reloadConfig(ReloadConfigRequest(), options) },
                { _ = try await client.serverInfo(ServerInfoRequest(), options) },
                { _ = try await client.listConnections(ListConnectionsRequest(), options) },
            ]
            for call in calls {
                let error = await #expect(throws: RPCError.self) { try await call() }
                #expect(error?.code == .permissionDenied)
            }
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }
}
