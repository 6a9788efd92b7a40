import HTTP2
import InteropAPI
import Net
import Protobuf
import RPC
import Testing

/// The servers that are hard on clients, after gRPC's published description (grpc/doc/http2-interop-test-descriptions.md), under its names.
@Suite("The official hostile servers", .timeLimit(.minutes(10)))
struct HostileServerTests {
    private static let replyBytes = 314_159
    private static let requestBytes = 271_828

    private typealias Step = HostileServer.Step

    private static func head(_ stream: UInt32) -> Step {
        .frame(.headers(stream, [(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "identity")]))
    }

    private static func trailers(_ stream: UInt32) -> Step { .frame(.headers(stream, [("grpc-status", "0")], end: true)) }

    /// What the request asks for, with its prefix.
    private static func reply(to message: [UInt8]) -> ArraySlice<UInt8> {
        guard let request = try? SimpleRequest(decoding: message), request.payload?.body.count == requestBytes else { return [] }
        let reply = SimpleResponse.with { $0.payload = Payload([UInt8](repeating: 0, count: Int(request.responseSize))) }
        return RawFrame.message(reply.encoded())[...]
    }

    private static func whole(_ stream: UInt32, _ message: [UInt8], chunk: Int = 16_384, padding: UInt8? = nil) -> [Step] {
        [.body(reply(to: message), chunk: chunk, padding: padding), trailers(stream), .end]
    }

    /// The client's side of nearly all of them: `large_unary`.
    private static func call(_ client: TestServiceClient) async throws {
        let request = SimpleRequest.with {
            $0.responseSize = Int32(replyBytes)
            $0.payload = Payload([UInt8](repeating: 0, count: requestBytes))
        }
        let reply = try await client.unaryCall(request, CallOptions(timeout: .seconds(300)))
        guard let body = reply.payload?.body, body.count == replyBytes, body.allSatisfy({ $0 == 0 }) else {
            throw RPCError(.dataLoss, "the reply has \(reply.payload?.body.count ?? 0) bytes, or not only zeros")
        }
    }

    private func withServer(
        _ script: HostileServer.Script, _ body: (TestServiceClient, HostileServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "client")
        let served = try EventLoop(name: "hostile")
        defer {
            loop.shutdown()
            served.shutdown()
        }
        let server = try await HostileServer.start(on: served, script)
        let channel = try Channel("\(server.address)", loop: loop)
        do {
            try await body(TestServiceClient(channel), server)
        } catch {
            await channel.close()
            try await server.stop()
            throw error
        }
        await channel.close()
        try await server.stop()
    }

    @Test("goaway: the second of two calls takes another connection, and both succeed")
    func goAway() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream)] },
            requested: { stream, message in
                let goAway = RawFrame(kind: RawFrame.Kind.goAway, payload: RawFrame.number(stream) + RawFrame.number(0))
                return [.body(Self.reply(to: message), chunk: 16_384, padding: nil), Self.trailers(stream), .frame(goAway), .end]
            })
        try await withServer(script) { client, server in
            try await Self.call(client)
            try await Self.call(client)
            #expect(try await server.account().connections == 2)
        }
    }

    @Test("rst_after_header: a call that is reset behind its header section fails, though the code is NO_ERROR")
    func resetAfterHeader() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream), .frame(.reset(stream, 0)), .end] }, requested: { _, _ in [] })
        try await expectFailure(script)
    }

    @Test("rst_during_data: a call that is reset in the middle of its reply fails")
    func resetDuringData() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream)] },
            requested: { stream, message in
                let half = Self.reply(to: message).prefix(Self.replyBytes / 2)
                return [.body(half, chunk: 16_384, padding: nil), .frame(.reset(stream, 0)), .end]
            })
        try await expectFailure(script)
    }

    @Test("rst_after_data: a call that is reset between its reply and its status fails")
    func resetAfterData() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream)] },
            requested: { stream, message in
                [.body(Self.reply(to: message), chunk: 16_384, padding: nil), .frame(.reset(stream, 0)), .end]
            })
        try await expectFailure(script)
    }

    /// Its cause says that a reset it was; it was made once, since a reply had begun; and the connection serves on.
    private func expectFailure(_ script: HostileServer.Script) async throws {
        let second = HostileServer.Script(
            began: { stream, number in number == 0 ? script.began(stream, number) : [Self.head(stream)] },
            requested: { stream, message in stream == 1 ? script.requested(stream, message) : Self.whole(stream, message) })
        try await withServer(second) { client, server in
            let error = try await rpcError { try await Self.call(client) }
            #expect(error.code == .internal, "\(error)")
            guard case .reset(.noError)? = error.cause?.kind else {
                Issue.record("\(error), by \(String(describing: error.cause))")
                return
            }
            #expect(try await server.account().calls == 1)
            try await Self.call(client)
            #expect(try await server.account().connections == 1)
        }
    }

    @Test("ping: before and behind the header section and the data, each is acknowledged")
    func ping() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [.ping, Self.head(stream), .ping] },
            requested: { stream, message in
                [.ping, .body(Self.reply(to: message), chunk: 16_384, padding: nil), .ping, Self.trailers(stream), .end]
            })
        try await withServer(script) { client, server in
            try await Self.call(client)
            let isAnswered = await eventually { (try? await server.account().outstandingPings) == 0 }
            #expect(isAnswered)
        }
    }

    @Test("max_streams: a limit of one that comes with the first call holds for the ten behind it, which all succeed")
    func maxStreams() async throws {
        let script = HostileServer.Script(
            began: { stream, number in (number == 0 ? [.frame(.settings([(3, 1)]))] : []) + [Self.head(stream)] },
            requested: { stream, message in Self.whole(stream, message) })
        try await withServer(script) { client, server in
            try await Self.call(client)
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 { group.addTask { try await Self.call(client) } }
                try await group.waitForAll()
            }
            let account = try await server.account()
            #expect(account.calls == 11)
            #expect(account.tooManyStreams == 0)
        }
    }

    @Test("data_frame_padding: five bytes in each frame and 255 of padding; the windows account for both")
    func padding() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream)] },
            requested: { stream, message in Self.whole(stream, message, chunk: 5, padding: 255) })
        try await withServer(script) { client, _ in
            try await Self.call(client)
        }
    }

    @Test("no_df_padding_sanity_test: the same without padding")
    func noPadding() async throws {
        let script = HostileServer.Script(
            began: { stream, _ in [Self.head(stream)] },
            requested: { stream, message in Self.whole(stream, message, chunk: 5) })
        try await withServer(script) { client, _ in
            try await Self.call(client)
        }
    }
}

extension Payload {
    fileprivate init(_ body: [UInt8]) {
        self.init()
        self.body = body
    }
}
