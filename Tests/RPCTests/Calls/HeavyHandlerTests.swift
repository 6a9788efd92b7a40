import BenchAPI
import Glibc
import Net
import Protobuf
import RPC
import RPCTesting
import Testing

/// `bench.v1.Work`, of which one method is heavy by its .proto: says where a handler runs.
private struct WhereItRuns: Work {
    func compute(_ request: ComputeRequest, _ call: Call) async throws -> ComputeReply { try await reply(call) }
    func computeOnLoop(_ request: ComputeRequest, _ call: Call) async throws -> ComputeReply { try await reply(call) }

    /// The same before and behind a wait: 1 on the loop, 0 elsewhere.
    private func reply(_ call: Call) async throws -> ComputeReply {
        let isOnLoop = call.loop.isCurrent
        try await call.loop.sleep(for: .zero)
        guard call.loop.isCurrent == isOnLoop else { throw RPCError(.internal, "the handler moved") }
        return ComputeReply.with { $0.elapsedMs = isOnLoop ? 1 : 0 }
    }
}

/// Something that a thread waits for, and holds up whoever else wants that thread.
private final class Gate: Sendable {
    private let ends: (read: Int32, write: Int32)

    init() throws {
        var pair: [Int32] = [0, 0]
        try #require(unsafe pipe(&pair) == 0)
        ends = (pair[0], pair[1])
    }

    deinit { close(ends.read) }

    func pass() {
        var byte: UInt8 = 0
        _ = unsafe read(ends.read, &byte, 1)
    }

    /// Once.
    func open() { close(ends.write) }
}

@Suite("Heavy handlers", .timeLimit(.minutes(10)))
struct HeavyHandlerTests {
    private static let patience = CallOptions(timeout: .seconds(300))

    @Test("one that blocks holds up no other call, of its connection and its loop or of others")
    func blocks() async throws {
        let gate = try Gate()
        var service = ScriptedEcho()
        let isIn = Event()
        service.onUnary = { request, call in
            isIn.happen()
            gate.pass()
            return EchoReply(request.payload)
        }
        try await withLoopback(.cleartext, [service]) { configuration in
            configuration.heavyMethods = ["bench.v1.Echo/Unary"]
            configuration.heavyExecutor = WorkerPool(threads: 1)
        } _: { loopback in
            let client = try loopback.client()
            let another = try loopback.client()
            async let blocked = client.unary(EchoRequest([7]), Self.patience)
            try await isIn.wait()
            do {
                defer { gate.open() }
                for _ in 0..<20 {
                    for client in [client, another] {
                        let replies = try await client.serverStream(EchoRequest([1, 2], count: 3), Self.patience)
                        #expect(try await replies.reduce(0) { $0 + $1.payload.count } == 6)
                    }
                }
                #expect(loopback.server.runningCalls == 1)
            }
            #expect(try await blocked.payload == [7])
        }
    }

    @Test("a .proto's option makes a method heavy, and its handler stays where it is when it waits")
    func option() async throws {
        try await withLoopback(.cleartext, [WhereItRuns()]) { loopback in
            let work = WorkClient(try loopback.client().channel)
            #expect(try await work.compute(ComputeRequest(), Self.patience).elapsedMs == 0)
            #expect(try await work.computeOnLoop(ComputeRequest(), Self.patience).elapsedMs == 1)
        }
    }

    @Test("the configuration makes a method heavy, or a whole service", arguments: ["bench.v1.Work", "bench.v1.Work/ComputeOnLoop"])
    func configuration(_ name: String) async throws {
        try await withLoopback(.cleartext, [WhereItRuns()]) { configuration in
            configuration.heavyMethods = [name]
        } _: { loopback in
            let work = WorkClient(try loopback.client().channel)
            #expect(try await work.computeOnLoop(ComputeRequest(), Self.patience).elapsedMs == 0)
        }
    }

    @Test(
        "a name that nothing bears is refused when the server is made", arguments: ["bench.v1.Echo/Missing", "Echo", "bench.v1.Work", ""])
    func unknownName(_ name: String) throws {
        var configuration = Server.Configuration()
        configuration.heavyMethods = ["bench.v1.Echo/Unary", name]
        let error = #expect(throws: RPCError.self) { try Server(services: [EchoService()], configuration: configuration) }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.message.contains("heavyMethods names \(name),") == true)
    }

    @Test("calls of all kinds work as they do on the loop, and interceptors stay there")
    func kinds() async throws {
        let places = Record<Bool>()
        let interceptor = Interceptor { call, next in
            places.append(call.loop.isCurrent)
            defer { places.append(call.loop.isCurrent) }
            try await next(call)
        }
        try await withLoopback(.mutualTLS, interceptors: [interceptor]) { configuration in
            configuration.heavyMethods = ["bench.v1.Echo"]
        } _: { loopback in
            let client = try loopback.client()
            let payload = [UInt8](repeating: 5, count: 100_000)
            for _ in 0..<10 {
                #expect(try await client.unary(EchoRequest(payload), Self.patience).payload == payload)
                let replies = try await client.serverStream(EchoRequest(payload, count: 5), Self.patience)
                #expect(try await replies.reduce(0) { $0 + $1.payload.count } == 500_000)
                let joined = try await client.clientStream(Self.patience) { requests in
                    for _ in 0..<5 { try await requests.send(EchoRequest(payload)) }
                }
                #expect(joined.payload.count == 500_000)
                try await client.bidiStream(Self.patience) { requests, replies in
                    var iterator = replies.makeAsyncIterator()
                    for number in 0..<20 {
                        try await requests.send(EchoRequest([UInt8(number)]))
                        #expect(try await iterator.next()?.payload == [UInt8(number)])
                    }
                    requests.finish()
                    #expect(try await iterator.next() == nil)
                }
            }
            #expect(places.all.count == 80 && places.all.allSatisfy { $0 })
        }
    }

    @Test("what one throws is the call's status, and what it sets goes with it; the call ends on its loop")
    func errors() async throws {
        let places = Record<Bool>()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            call.trailers.append("x-where", call.loop.isCurrent ? "loop" : "worker")
            throw RPCError(.notFound, "nobody there")
        }
        let interceptor = Interceptor { call, next in
            defer { places.append(call.loop.isCurrent) }
            try await next(call)
        }
        try await withLoopback(.cleartext, [service], interceptors: [interceptor]) { configuration in
            configuration.heavyMethods = ["bench.v1.Echo"]
        } _: { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest(), Self.patience) }
            #expect(error.code == .notFound && error.message == "nobody there")
            #expect(error.trailers["x-where"] == "worker")
            #expect(places.all == [true])
        }
    }

    @Test(
        "a call that is cancelled, or whose deadline passes, cancels its handler's task; it counts until that returns",
        arguments: [true, false])
    func cancellation(_ byDeadline: Bool) async throws {
        let isIn = Event()
        let isCancelled = Event()
        let mayReturn = Event()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            isIn.happen()
            do { try await call.loop.sleep(for: .seconds(3_600)) } catch { isCancelled.happen() }
            // A task that was cancelled waits for nothing more; one of its own does.
            try await Task { try await mayReturn.wait() }.value
            return EchoReply()
        }
        try await withLoopback(.cleartext, [service]) { configuration in
            configuration.heavyMethods = ["bench.v1.Echo"]
        } _: { loopback in
            let client = try loopback.client()
            let options = byDeadline ? CallOptions(timeout: .milliseconds(500)) : Self.patience
            let call = Task { try await client.unary(EchoRequest(), options) }
            // A machine may be so slow that the deadline passes before the handler begins.
            if !byDeadline {
                try await isIn.wait()
                call.cancel()
            }
            let result = await call.result
            #expect((#expect(throws: RPCError.self) { try result.get() })?.code == (byDeadline ? .deadlineExceeded : .cancelled))
            if isIn.hasHappened {
                try await isCancelled.wait()
                #expect(loopback.server.runningCalls == 1)
            }
            mayReturn.happen()
        }
    }

    @Test("in a simulation there are no threads: they run on the loop")
    func simulated() async throws {
        try await Simulation.run(seeds: 1...20, faults: .delays) { simulation in
            try await simulation.serve([WhereItRuns()])
            let work = WorkClient(try simulation.channel())
            try #require(try await work.compute(ComputeRequest()).elapsedMs == 1)
        }
    }

    @Test("a call that ended while it waited for a thread does not run")
    func expired() async throws {
        let gate = try Gate()
        let isIn = Event()
        let ran = Counter()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            ran.add()
            if request.payload == [1] {
                isIn.happen()
                gate.pass()
            }
            return EchoReply()
        }
        try await withLoopback(.cleartext, [service]) { configuration in
            configuration.heavyMethods = ["bench.v1.Echo/Unary"]
            configuration.heavyExecutor = WorkerPool(threads: 1)
        } _: { loopback in
            let client = try loopback.client()
            async let blocked = client.unary(EchoRequest([1]), Self.patience)
            try await isIn.wait()
            for _ in 0..<5 {
                await #expect(throws: RPCError.self) { try await client.unary(EchoRequest([2]), CallOptions(timeout: .milliseconds(20))) }
            }
            gate.open()
            _ = try await blocked
            let areDone = await eventually { loopback.server.runningCalls == 0 }
            #expect(areDone && ran.highest == 1, "\(ran.highest) handlers ran")
        }
    }

    @Test("a loop that a handler blocks says so in the server's lags")
    func lag() async throws {
        let gate = try Gate()
        let isIn = Event()
        var service = ScriptedEcho()
        service.onUnary = { request, call in
            isIn.happen()
            gate.pass()
            return EchoReply()
        }
        try await withLoopback(.cleartext, [service]) { loopback in
            async let blocked = loopback.client().unary(EchoRequest(), Self.patience)
            try await isIn.wait()
            let isSeen = await eventually { loopback.server.loopLags.contains { $0.now > .milliseconds(20) && $0.stalls > 0 } }
            gate.open()
            #expect(isSeen)
            _ = try await blocked
            #expect(loopback.server.loopLags.count == 1)
        }
    }
}
