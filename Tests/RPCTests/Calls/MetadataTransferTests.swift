import BenchAPI
import RPC
import Testing

@Suite("Metadata on its way", .timeLimit(.minutes(5))) struct MetadataTransferTests {
    /// What came beside a reply.
    private final class Parts: Sendable {
        let head = Record<Metadata>()
        let trailers = Record<Metadata>()

        var options: CallOptions {
            CallOptions { part in
                switch part {
                case .metadata(let metadata): self.head.append(metadata)
                case .trailers(let metadata): self.trailers.append(metadata)
                case .compressedReply: break
                }
            }
        }
    }

    @Test("a request's metadata reaches the handler: in order, duplicates kept, bytes as bytes", arguments: Security.allCases)
    func request(security: Security) async throws {
        let seen = Record<Metadata>()
        let service = ScriptedEcho(onUnary: { request, call in
            seen.append(call.metadata)
            return EchoReply(request.payload)
        })
        try await withLoopback(security, [service]) { loopback in
            var metadata = Metadata([("x-one", "1"), ("x-two", "2"), ("x-one", " 3 "), ("x-empty", ""), ("x-signs", "a,b;c=\"d\" %~")])
            metadata.append("x-id-bin", bytes: [0, 255, 10])
            _ = try await loopback.client().unary(EchoRequest([]), CallOptions(metadata: metadata))
            let received = try #require(seen.all.first)
            #expect(
                received.pairs.map(\.name).filter { $0 != "user-agent" } == ["x-one", "x-two", "x-one", "x-empty", "x-signs", "x-id-bin"])
            #expect(received.values("x-one") == ["1", "3"])
            #expect(received["x-empty"] == "")
            #expect(received["x-signs"] == "a,b;c=\"d\" %~")
            #expect(received.bytes("x-id-bin") == [[0, 255, 10]])
            #expect(received["user-agent"] == "grpc-swift-switchboard/1.0")
        }
    }

    @Test("a client may name itself before our own name")
    func userAgent() async throws {
        let seen = Record<String?>()
        let service = ScriptedEcho(onUnary: { _, call in
            seen.append(call.metadata["user-agent"])
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            _ = try await loopback.client { $0.userAgent = "loader/2" }.unary(EchoRequest([]))
            #expect(seen.all == ["loader/2 grpc-swift-switchboard/1.0"])
        }
    }

    @Test("a reply has metadata before and behind it", arguments: Security.allCases)
    func reply(security: Security) async throws {
        let service = ScriptedEcho(onUnary: { request, call in
            call.replyMetadata.append("x-head", "h")
            call.replyMetadata.append("x-head-bin", bytes: [1, 2])
            call.trailers.append("x-trailer", "t")
            call.trailers.append("x-trailer-bin", bytes: [3])
            return EchoReply(request.payload)
        })
        try await withLoopback(security, [service]) { loopback in
            let parts = Parts()
            _ = try await loopback.client().unary(EchoRequest([]), parts.options)
            #expect(parts.head.all.map { $0["x-head"] } == ["h"])
            #expect(parts.head.all.first?.bytes("x-head-bin") == [[1, 2]])
            #expect(parts.trailers.all.map { $0["x-trailer"] } == ["t"])
            #expect(parts.trailers.all.first?.bytes("x-trailer-bin") == [[3]])
        }
    }

    @Test("a reply without metadata has none")
    func none() async throws {
        try await withLoopback { loopback in
            let parts = Parts()
            _ = try await loopback.client().unary(EchoRequest([]), parts.options)
            #expect(parts.head.all.map(\.isEmpty) == [true])
            #expect(parts.trailers.all.map(\.isEmpty) == [true])
        }
    }

    @Test("a stream's metadata leaves with its first message; what is set later is not sent")
    func early() async throws {
        let service = ScriptedEcho(onServerStream: { _, call, replies in
            call.replyMetadata.append("x-head", "early")
            try await replies.send(EchoReply([1]))
            call.replyMetadata.append("x-head", "late")
            try await replies.send(EchoReply([2]))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let parts = Parts()
            for try await _ in try await loopback.client().serverStream(EchoRequest([]), parts.options) {
                #expect(parts.head.all.map { $0.values("x-head") } == [["early"]])
            }
            #expect(parts.head.all.count == 1)
        }
    }

    @Test("an error has its metadata in its trailers, the handler's and its own")
    func error() async throws {
        let service = ScriptedEcho(onUnary: { _, call in
            call.trailers.append("x-from-call", "1")
            throw RPCError(.aborted, "no", trailers: Metadata([("x-from-error", "2")]))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let parts = Parts()
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), parts.options) }
            #expect(error.trailers["x-from-call"] == "1")
            #expect(error.trailers["x-from-error"] == "2")
            #expect(parts.head.all.isEmpty)
            #expect(parts.trailers.all.map { $0["x-from-call"] } == ["1"])
        }
    }

    @Test("credentials are asked for each call, and go with it")
    func credentials() async throws {
        let seen = Record<String?>()
        let service = ScriptedEcho(onUnary: { _, call in
            seen.append(call.metadata["authorization"])
            return EchoReply()
        })
        try await withLoopback(.mutualTLS, [service]) { loopback in
            let counter = Counter()
            let client = try loopback.client { $0.credentials = .forEachCall { Metadata([("authorization", "Bearer \(counter.add())")]) } }
            _ = try await client.unary(EchoRequest([]))
            _ = try await client.unary(EchoRequest([]))
            #expect(seen.all == ["Bearer 1", "Bearer 2"])
        }
    }

    @Test("credentials that cannot be had fail the call as UNAUTHENTICATED; over cleartext they are never sent")
    func noCredentials() async throws {
        struct Missing: Error {}
        try await withLoopback(.mutualTLS) { loopback in
            let client = try loopback.client { $0.credentials = .forEachCall { throw Missing() } }
            #expect(try await rpcError { try await client.unary(EchoRequest([])) }.code == .unauthenticated)
        }
        try await withLoopback(.cleartext) { loopback in
            let client = try loopback.client { $0.credentials = .forEachCall { Metadata([("authorization", "Bearer x")]) } }
            #expect(try await rpcError { try await client.unary(EchoRequest([])) }.code == .unauthenticated)
            #expect(loopback.server.connectionCounts == [0])
        }
    }

    @Test("metadata over the client's own budget is refused before it is sent")
    func clientBudget() async throws {
        try await withLoopback { loopback in
            let metadata = Metadata([("x-large", String(repeating: "v", count: 9_000))])
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([]), CallOptions(metadata: metadata)) }
            #expect(error.code == .resourceExhausted)
            #expect(error.message.contains("x-large"))
        }
    }

    @Test("metadata over the server's budget is RESOURCE_EXHAUSTED, names the largest field, and runs no handler")
    func serverBudget() async throws {
        let calls = Counter()
        let service = ScriptedEcho(onUnary: { _, _ in
            calls.add()
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client { $0.limits.metadataBytes = 100_000 }
            let metadata = Metadata([("x-small", "1"), ("x-large", String(repeating: "v", count: 9_000))])
            let error = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(metadata: metadata)) }
            #expect(error.code == .resourceExhausted)
            #expect(error.message.contains("x-large"))
            #expect(calls.value == 0)
            // The connection goes on.
            _ = try await client.unary(EchoRequest([]))
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test(
        "a reply's metadata over the server's budget fails the call as RESOURCE_EXHAUSTED, whatever its size",
        arguments: [9_000, 70_000, 200_000])
    func replyBudget(bytes: Int) async throws {
        let service = ScriptedEcho(
            onUnary: { _, call in
                call.replyMetadata.append("x-large", String(repeating: "v", count: bytes))
                return EchoReply()
            },
            onServerStream: { _, call, replies in
                try await replies.send(EchoReply())
                call.trailers.append("x-large", String(repeating: "v", count: bytes))
            })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            let head = try await rpcError { try await client.unary(EchoRequest([]), CallOptions(timeout: .seconds(120))) }
            #expect(head.code == .resourceExhausted)
            #expect(head.message.contains("x-large"))
            let trailers = try await rpcError {
                for try await _ in try await client.serverStream(EchoRequest([]), CallOptions(timeout: .seconds(120))) {}
            }
            #expect(trailers.code == .resourceExhausted)
            #expect(trailers.message.contains("x-large"))
        }
    }

    @Test("a reply's metadata over the client's budget fails the call as RESOURCE_EXHAUSTED and names the field")
    func receivedBudget() async throws {
        let service = ScriptedEcho(
            onUnary: { _, call in
                call.replyMetadata.append("x-large", String(repeating: "v", count: 9_000))
                return EchoReply()
            },
            onServerStream: { _, call, replies in
                try await replies.send(EchoReply())
                call.trailers.append("x-large", String(repeating: "v", count: 9_000))
            })
        try await withLoopback(.cleartext, [service], { $0.limits.metadataBytes = 20_000 }) { loopback in
            let client = try loopback.client()
            let head = try await rpcError { try await client.unary(EchoRequest([])) }
            #expect(head.code == .resourceExhausted)
            #expect(head.message.contains("x-large"))
            let trailers = try await rpcError { for try await _ in try await client.serverStream(EchoRequest([])) {} }
            #expect(trailers.code == .resourceExhausted)
            #expect(trailers.message.contains("x-large"))
        }
    }

    @Test(
        "the request's id is the client's when it is one, else one is made",
        arguments: [
            ("abc-1._Z", true), ("", false), ("a b", false), (String(repeating: "x", count: 64), true),
            (String(repeating: "x", count: 65), false), ("<script>", false),
        ])
    func requestID(text: String, isKept: Bool) async throws {
        let service = ScriptedEcho(onUnary: { _, call in EchoReply(Array(call.requestID.utf8)) })
        try await withLoopback(.cleartext, [service]) { loopback in
            let options = CallOptions(metadata: Metadata([("x-request-id", text)]))
            let id = String(decoding: try await loopback.client().unary(EchoRequest([]), options).payload, as: UTF8.self)
            #expect((id == text) == isKept)
            #expect(isKept || id.utf8.count == 36)
        }
    }
}
