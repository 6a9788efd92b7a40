import BenchAPI
import HTTP2
import Protobuf
import RPC
import Testing

/// Calls that are tried again, against a server of frames (gRFC A6).
@Suite("Calls that are tried again", .timeLimit(.minutes(2))) struct RetriedCallTests {
    private static let reply = EchoReply([7]).encoded()

    private static func policy(_ attempts: Int = 5, _ backoff: Duration = .milliseconds(1)) throws -> RetryPolicy {
        try RetryPolicy(maxAttempts: attempts, initialBackoff: backoff, retryableCodes: [.unavailable])
    }

    @Test("a status that is worth it is tried again, and each attempt says how many there were before")
    func untilSuccess() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy() }) { request in
            request.number < 3 ? .failure(14, on: request.stream) : .reply(Self.reply, on: request.stream)
        } _: { server, channel in
            #expect(try await EchoClient(channel).unary(EchoRequest([5])).payload == [7])
            let requests = try await server.requests()
            #expect(requests.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, "1", "2", "3"])
            for request in requests { #expect(try await server.body(request) == RawFrame.message(EchoRequest([5]).encoded())) }
        }
    }

    @Test("after the last attempt its error is the call's, and says how many there were")
    func exhausted() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy(3) }) { request in
            .failure(14, on: request.stream, ("grpc-message", "no. \(request.number)"), ("x-attempt", "\(request.number)"))
        } _: { server, channel in
            let told = Record<String?>()
            let options = CallOptions { part in
                if case .trailers(let metadata) = part { told.append(metadata["x-attempt"]) }
            }
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([]), options) }
            #expect(error.code == .unavailable)
            #expect(error.message == "no. 2")
            #expect(error.cause?.attempts == 3)
            #expect(error.cause?.kind == .server)
            // Only the last attempt is the application's.
            #expect(told.all == ["2"])
            #expect(try await server.requests().count == 3)
        }
    }

    @Test("another status is not, and a call without a policy is not")
    func notRetryable() async throws {
        for code in [(13, true), (14, false)] {
            try await withFrameServer({ $0.retryPolicy = code.1 ? try Self.policy() : nil }) { request in
                .failure(code.0, on: request.stream)
            } _: { server, channel in
                let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
                #expect(error.code.rawValue == code.0)
                #expect(error.cause == nil)
                #expect(try await server.requests().count == 1)
            }
        }
    }

    @Test("nothing is tried again once a reply has begun")
    func committed() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy() }) { request in
            [
                .send(.headers(request.stream, [(":status", "200"), ("content-type", "application/grpc")])),
                .send(.headers(request.stream, [("grpc-status", "14")], end: true)),
            ]
        } _: { server, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            #expect(try await server.requests().count == 1)
        }
    }

    @Test("nor when more was sent than is held")
    func overBuffer() async throws {
        try await withFrameServer({
            $0.retryPolicy = try Self.policy()
            $0.limits.replayBytes = 1_000
        }) { request in
            .failure(14, on: request.stream)
        } _: { server, channel in
            _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([UInt8](repeating: 1, count: 1_000))) }
            #expect(try await server.requests().count == 1)
            _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([UInt8](repeating: 1, count: 900))) }
            #expect(try await server.requests().count == 6)
        }
    }

    @Test("nor by more than the calls of a channel may hold together")
    func overChannelBuffer() async throws {
        try await withFrameServer({
            $0.retryPolicy = try Self.policy()
            $0.limits.channelReplayBytes = 1_000
        }) { request in
            .failure(14, on: request.stream)
        } _: { server, channel in
            for _ in 0..<10 {
                _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([UInt8](repeating: 1, count: 900))) }
            }
            // What a call held is given back with it.
            #expect(try await server.requests().count == 50)
            _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([UInt8](repeating: 1, count: 1_000))) }
            #expect(try await server.requests().count == 51)
        }
    }

    @Test("a stream of requests is sent again from its beginning, and goes on")
    func clientStream() async throws {
        let firstFailed = Event()
        try await withFrameServer({ $0.retryPolicy = try Self.policy() }) { request in
            if request.number == 0 {
                firstFailed.happen()
                return .failure(14, on: request.stream)
            }
            return []
        } _: { server, channel in
            async let reply = EchoClient(channel).clientStream { requests in
                try await requests.send(EchoRequest([1]))
                try await firstFailed.wait()
                try await requests.send(EchoRequest([2]))
                let isThere = await eventually { (try? await server.requests().count) == 2 }
                #expect(isThere)
                try await requests.send(EchoRequest([3]))
            }
            let expected = [[1], [2], [3]].flatMap { RawFrame.message(EchoRequest($0).encoded()) }
            let isSent = await eventually {
                guard let requests = try? await server.requests(), requests.count == 2 else { return false }
                return (try? await server.body(requests[1])) == expected
            }
            #expect(isSent)
            try await server.send(
                .headers(3, [(":status", "200"), ("content-type", "application/grpc")]), .data(3, RawFrame.message(Self.reply)),
                .headers(3, [("grpc-status", "0")], end: true))
            #expect(try await reply.payload == [7])
        }
    }

    @Test("the server's wish is kept: at once, or never")
    func pushback() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy(5, .seconds(3_600)) }) { request in
            .failure(14, on: request.stream, ("grpc-retry-pushback-ms", request.number < 2 ? "0" : "-1"))
        } _: { server, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(error.code == .unavailable)
            #expect(try await server.requests().count == 3)
        }
    }

    @Test("one deadline covers all attempts, and says what the last one came to")
    func deadline() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy(5, .seconds(3_600)) }) { request in
            .failure(14, on: request.stream, ("grpc-message", "busy"))
        } _: { server, channel in
            let error = try await rpcError {
                try await EchoClient(channel).unary(EchoRequest([]), CallOptions(timeout: .milliseconds(300)))
            }
            #expect(error.code == .deadlineExceeded)
            #expect(error.cause?.kind == .deadline(.backoff))
            #expect(error.message.contains("busy"))
            #expect(try await server.requests().count == 1)
        }
    }

    @Test("a call that waits to be tried again can be cancelled")
    func cancelled() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy(5, .seconds(3_600)) }) { request in
            .failure(14, on: request.stream)
        } _: { server, channel in
            let call = Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } }
            let isSent = await eventually { (try? await server.requests().count) == 1 }
            #expect(isSent)
            call.cancel()
            let code = try await call.value.code
            #expect(code == .cancelled)
            let isOver = await eventually { await channel.snapshot().calls == 0 }
            #expect(isOver)
        }
    }

    @Test("and ends with its channel")
    func closed() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy(5, .seconds(3_600)) }) { request in
            .failure(14, on: request.stream)
        } _: { server, channel in
            let call = Task { try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) } }
            let isSent = await eventually { (try? await server.requests().count) == 1 }
            #expect(isSent)
            await channel.close()
            let error = try await call.value
            #expect(error.code == .unavailable)
            #expect(error.cause?.kind == .channelClosed)
        }
    }

    @Test("a channel whose calls fail stops trying again")
    func throttled() async throws {
        try await withFrameServer({
            $0.retryPolicy = try Self.policy()
            $0.retryThrottling = try RetryThrottling(maxTokens: 4, tokenRatio: 0.1)
        }) { request in
            .failure(14, on: request.stream)
        } _: { server, channel in
            _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            // 3 tokens are left after the first attempt, 2 after the second: that is half.
            #expect(try await server.requests().count == 2)
            _ = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
            #expect(try await server.requests().count == 3)
        }
    }

    @Test("what the server refused unseen is sent once more, without a policy, and does not count")
    func refused() async throws {
        try await withFrameServer { request in
            request.number == 0 ? [.send(.reset(request.stream, 7))] : .reply(Self.reply, on: request.stream)
        } _: { server, channel in
            #expect(try await EchoClient(channel).unary(EchoRequest([5])).payload == [7])
            let requests = try await server.requests()
            #expect(requests.map { $0.fields["grpc-previous-rpc-attempts"] } == [nil, nil])
        }
        try await withFrameServer { request in
            [.send(.reset(request.stream, 7))]
        } _: { server, channel in
            let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([5])) }
            #expect(error.code == .unavailable)
            #expect(error.cause?.kind == .reset(.refusedStream))
            #expect(try await server.requests().count == 2)
        }
    }

    @Test("what is above the last stream of a GOAWAY goes to a new connection, what is below goes on", arguments: [0, 11] as [UInt32])
    func goAway(code: UInt32) async throws {
        try await withFrameServer { request in
            if request.connection == 0 { return request.number == 1 ? .goAway(last: 1, code: code, "bye") : [] }
            return .reply(Self.reply, on: request.stream)
        } _: { server, channel in
            async let first = EchoClient(channel).unary(EchoRequest([1]))
            let isSent = await eventually { (try? await server.requests().count) == 1 }
            #expect(isSent)
            #expect(try await EchoClient(channel).unary(EchoRequest([2])).payload == [7])
            let requests = try await server.requests()
            #expect(requests.map(\.connection) == [0, 0, 1])
            try await server.send(
                .headers(1, [(":status", "200"), ("content-type", "application/grpc")]),
                .data(1, RawFrame.message(EchoReply([1]).encoded())),
                .headers(1, [("grpc-status", "0")], end: true))
            #expect(try await first.payload == [1])
        }
    }

    @Test("an HTTP answer that means UNAVAILABLE is tried again, too")
    func http() async throws {
        try await withFrameServer({ $0.retryPolicy = try Self.policy() }) { request in
            request.number == 0
                ? [
                    .send(.headers(request.stream, [(":status", "503"), ("content-type", "text/plain")])),
                    .send(.data(request.stream, [65], end: true)),
                ]
                : .reply(Self.reply, on: request.stream)
        } _: { server, channel in
            let payload = try await EchoClient(channel).unary(EchoRequest([])).payload
            #expect(payload == [7])
            let count = try await server.requests().count
            #expect(count == 2)
        }
    }

    @Test("a lost connection is tried again by a policy: its call may have been served, so that nothing else does")
    func lostConnection() async throws {
        for isRuled in [true, false] {
            try await withFrameServer({ $0.retryPolicy = isRuled ? try Self.policy() : nil }) { request in
                request.number == 0 ? [.hangUp] : .reply(Self.reply, on: request.stream)
            } _: { server, channel in
                if isRuled {
                    #expect(try await EchoClient(channel).unary(EchoRequest([])).payload == [7])
                } else {
                    let error = try await rpcError { try await EchoClient(channel).unary(EchoRequest([])) }
                    #expect(error.code == .unavailable)
                    if case .connectionLost? = error.cause?.kind {} else { Issue.record("\(String(describing: error.cause))") }
                }
            }
        }
    }
}
