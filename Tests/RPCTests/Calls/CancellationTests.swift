import BenchAPI
import HTTP2
import RPC
import Testing

@Suite("Cancellation", .timeLimit(.minutes(5))) struct CancellationTests {
    /// What a handler does that waits until it is cancelled.
    private struct Handler {
        let started = Event()
        let cancelled = Event()

        func wait(_ call: Call) async throws {
            started.happen()
            do {
                try await Event().wait()
            } catch {
                if call.isCancelled { cancelled.happen() }
                throw error
            }
        }

        var service: ScriptedEcho {
            ScriptedEcho(
                onUnary: { _, call in
                    try await wait(call)
                    return EchoReply()
                },
                onServerStream: { _, call, replies in
                    try await replies.send(EchoReply([1]))
                    try await wait(call)
                },
                onClientStream: { _, call in
                    try await wait(call)
                    return EchoReply()
                },
                onBidiStream: { _, call, replies in
                    try await replies.send(EchoReply([1]))
                    try await wait(call)
                })
        }
    }

    @Test("cancelling the task of a unary call cancels its handler", arguments: Security.allCases)
    func unary(security: Security) async throws {
        let handler = Handler()
        try await withLoopback(security, [handler.service]) { loopback in
            let client = try loopback.client()
            let task = Task { try await rpcError { try await client.unary(EchoRequest([])) } }
            try await handler.started.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            try await handler.cancelled.wait()
            // The connection goes on.
            #expect(loopback.server.connectionCounts == [1])
        }
    }

    @Test("cancelling a unary call whose request waits for window cancels its handler")
    func largeUnary() async throws {
        let started = Event()
        let cancelled = Event()
        // An interceptor runs before the request is read: the request fills the window and waits.
        let holding = Interceptor { call, _ in
            started.happen()
            do {
                try await Event().wait()
            } catch {
                if call.isCancelled { cancelled.happen() }
                throw error
            }
        }
        try await withLoopback(.cleartext, interceptors: [holding], { $0.connectionLimits.streamWindowBytes = 65_535 }) { loopback in
            let client = try loopback.client()
            let task = Task { try await rpcError { try await client.unary(EchoRequest([UInt8](repeating: 0, count: 4_000_000))) } }
            try await started.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            try await cancelled.wait()
        }
    }

    @Test("a reader who goes away ends a server stream")
    func abandonedStream() async throws {
        let handler = Handler()
        try await withLoopback(.cleartext, [handler.service]) { loopback in
            let client = try loopback.client()
            for try await _ in try await client.serverStream(EchoRequest([])) { break }
            try await handler.cancelled.wait()
        }
    }

    @Test("cancelling the task that reads a server stream ends it")
    func cancelledReader() async throws {
        let handler = Handler()
        try await withLoopback(.cleartext, [handler.service]) { loopback in
            let client = try loopback.client()
            let task = Task { try await rpcError { for try await _ in try await client.serverStream(EchoRequest([])) {} } }
            try await handler.started.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            try await handler.cancelled.wait()
        }
    }

    @Test("cancelling a client stream, while it sends or after, cancels its handler", arguments: [0, 1, 1_000_000])
    func clientStream(messages: Int) async throws {
        let handler = Handler()
        try await withLoopback(.cleartext, [handler.service]) { loopback in
            let client = try loopback.client()
            let task = Task {
                try await rpcError {
                    try await client.clientStream { requests in
                        for _ in 0..<messages { try await requests.send(EchoRequest([UInt8](repeating: 0, count: 1_000))) }
                    }
                }
            }
            try await handler.started.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            try await handler.cancelled.wait()
        }
    }

    @Test("a client stream whose sender gives up is cancelled, with the sender's error if it is one of ours")
    func senderThrows() async throws {
        struct Mine: Error {}
        let handler = Handler()
        try await withLoopback(.cleartext, [handler.service]) { loopback in
            let client = try loopback.client()
            let error = try await rpcError { try await client.clientStream { _ in throw Mine() } }
            #expect(error.code == .cancelled)
            let own = try await rpcError { try await client.clientStream { _ in throw RPCError(.invalidArgument, "row 3 is empty") } }
            #expect(own.code == .invalidArgument)
        }
    }

    @Test("a bidirectional call ends with its body, by whatever way", arguments: [true, false])
    func bidirectional(throwing: Bool) async throws {
        struct Mine: Error {}
        let handler = Handler()
        try await withLoopback(.cleartext, [handler.service]) { loopback in
            let client = try loopback.client()
            do {
                try await client.bidiStream { _, replies in
                    for try await _ in replies { break }
                    if throwing { throw Mine() }
                }
                #expect(!throwing)
            } catch is Mine {
                #expect(throwing)
            }
            try await handler.cancelled.wait()
        }
    }

    @Test("a call cancelled before it begins reaches no server")
    func beforeTheBeginning() async throws {
        try await withLoopback { loopback in
            let client = try loopback.client()
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await rpcError { try await client.unary(EchoRequest([])) }
            }
            #expect(try await task.value.code == .cancelled)
            #expect(loopback.server.runningCalls == 0)
        }
    }

    @Test("a handler that does not listen counts as running until it returns")
    func deafHandler() async throws {
        let started = Event()
        let release = Event()
        let service = ScriptedEcho(onUnary: { _, _ in
            started.happen()
            // A task of its own does not inherit the cancellation.
            try await Task { try await release.wait() }.value
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            let task = Task { try await rpcError { try await client.unary(EchoRequest([])) } }
            try await started.wait()
            task.cancel()
            #expect(try await task.value.code == .cancelled)
            await client.channel.close()
            #expect(await eventually { loopback.server.connectionCounts == [0] })
            #expect(loopback.server.runningCalls == 1)
            release.happen()
            #expect(await eventually { loopback.server.runningCalls == 0 })
        }
    }
}
