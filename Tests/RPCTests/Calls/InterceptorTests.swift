import BenchAPI
import Crypto
import HTTP2
import Net
import RPC
import TestSupport
import Testing

@Suite("Interceptors", .timeLimit(.minutes(5))) struct InterceptorTests {
    @Test("they are entered in their order, and left in the opposite one")
    func order() async throws {
        let record = Record<String>()
        func noting(_ name: String) -> Interceptor {
            Interceptor { call, next in
                record.append("\(name) in")
                try await next(call)
                record.append("\(name) out")
            }
        }
        let service = ScriptedEcho(onUnary: { _, _ in
            record.append("handler")
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service], interceptors: [noting("a"), noting("b"), noting("c")]) { loopback in
            _ = try await loopback.client().unary(EchoRequest([]))
            #expect(record.all == ["a in", "b in", "c in", "handler", "c out", "b out", "a out"])
        }
    }

    @Test("they see calls of all kinds, and which method was routed")
    func kinds() async throws {
        let record = Record<String>()
        let noting = Interceptor { call, next in
            record.append("\(call.method?.fullName ?? "none") \(call.path)")
            try await next(call)
        }
        try await withLoopback(.cleartext, interceptors: [noting]) { loopback in
            let client = try loopback.client()
            _ = try await client.unary(EchoRequest([]))
            for try await _ in try await client.serverStream(EchoRequest([])) {}
            _ = try await client.clientStream { _ in }
            try await client.bidiStream { requests, replies in
                requests.finish()
                for try await _ in replies {}
            }
            _ = try await rpcError { try await client.channel.unary(path: "/no.Such/Method", message: []) }
            let names = ["Unary", "ServerStream", "ClientStream", "BidiStream"]
            #expect(record.all == names.map { "bench.v1.Echo/\($0) /bench.v1.Echo/\($0)" } + ["none /no.Such/Method"])
        }
    }

    @Test(
        "one that refuses does so before any message is decoded, known method or not",
        arguments: ["/bench.v1.Echo/Unary", "/no.Such/Method"])
    func beforeDecode(path: String) async throws {
        let refusing = Interceptor { _, _ in throw RPCError(.permissionDenied, "not you") }
        try await withLoopback(.cleartext, interceptors: [refusing]) { loopback in
            let garbage: [UInt8] = [0xff, 0xff, 0xff]
            let error = try await rpcError { try await loopback.client().channel.unary(path: path, message: garbage) }
            #expect(error.code == .permissionDenied)
        }
    }

    @Test("one that refuses does so before a message has come: a client that only sends its head gets its answer")
    func beforeTheMessage() async throws {
        let refusing = Interceptor { _, _ in throw RPCError(.unauthenticated, "who are you?") }
        try await withLoopback(.cleartext, interceptors: [refusing]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call()))
            let reply = try await raw.reply(1)
            #expect(reply.status == "16")
            #expect(reply.head.first { $0.0 == ":status" }?.1 == "200")
            await raw.close()
        }
    }

    private enum Tenant: CallKey {
        typealias Value = String
    }

    private enum Attempts: CallKey {
        typealias Value = Int
    }

    @Test("what one leaves with the call, those behind it and the handler find")
    func values() async throws {
        let giving = Interceptor { call, next in
            call[Tenant.self] = "demo"
            call[Attempts.self] = 3
            try await next(call)
        }
        let service = ScriptedEcho(onUnary: { _, call in EchoReply(Array("\(call[Tenant.self] ?? "") \(call[Attempts.self] ?? 0)".utf8)) })
        try await withLoopback(.cleartext, [service], interceptors: [giving]) { loopback in
            let reply = try await loopback.client().unary(EchoRequest([]))
            #expect(String(decoding: reply.payload, as: UTF8.self) == "demo 3")
        }
    }

    private enum First: CallKey { typealias Value = Int }
    private enum Second: CallKey { typealias Value = Int }
    private enum Third: CallKey { typealias Value = Int }

    @Test("each key has one value, the last that was set, however many there are; nil takes it away")
    func manyValues() async throws {
        let service = ScriptedEcho(onUnary: { _, call in
            for value in 1...3 {
                call[First.self] = value
                call[Second.self] = value * 10
                call[Third.self] = value * 100
            }
            #expect([call[First.self], call[Second.self], call[Third.self]] == [3, 30, 300])
            call[First.self] = nil
            call[Third.self] = 7
            #expect([call[First.self], call[Second.self], call[Third.self]] == [nil, 30, 7])
            call[First.self] = 1
            #expect([call[First.self], call[Second.self], call[Third.self]] == [1, 30, 7])
            return EchoReply()
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            _ = try await loopback.client().unary(EchoRequest([]))
        }
    }

    @Test("what is left with a connection, its next calls find, until a call has a value of its own; other connections do not")
    func connectionValues() async throws {
        let service = ScriptedEcho(onUnary: { request, call in
            let found = call[Tenant.self] ?? "none"
            let word = String(decoding: request.payload, as: UTF8.self)
            if word == "own" { call[Tenant.self] = word } else if !word.isEmpty { call.peer[Tenant.self] = word }
            return EchoReply(Array("\(found) \(call[Tenant.self] ?? "none")".utf8))
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let client = try loopback.client()
            func ask(_ client: EchoClient, _ word: String) async throws -> String {
                String(decoding: try await client.unary(EchoRequest(Array(word.utf8))).payload, as: UTF8.self)
            }
            #expect(try await ask(client, "") == "none none")
            #expect(try await ask(client, "all") == "none all")
            #expect(try await ask(client, "own") == "all own")
            #expect(try await ask(client, "") == "all all")
            #expect(try await ask(try loopback.client(), "") == "none none")
        }
    }

    @Test("one may catch the handler's error and throw another")
    func translation() async throws {
        struct Internal: Error {}
        let translating = Interceptor { call, next in
            do {
                try await next(call)
            } catch is Internal {
                throw RPCError(.failedPrecondition, "translated")
            }
        }
        let service = ScriptedEcho(onUnary: { _, _ in throw Internal() })
        try await withLoopback(.cleartext, [service], interceptors: [translating]) { loopback in
            let error = try await rpcError { try await loopback.client().unary(EchoRequest([])) }
            #expect(error.code == .failedPrecondition)
        }
    }

    @Test("they run around undecodable messages and see the error")
    func undecodable() async throws {
        let record = Record<String>()
        let noting = Interceptor { call, next in
            do {
                try await next(call)
            } catch {
                record.append("\((error as? RPCError)?.code ?? .ok)")
                throw error
            }
        }
        try await withLoopback(.cleartext, interceptors: [noting]) { loopback in
            _ = try await rpcError { try await loopback.client().channel.unary(path: "/bench.v1.Echo/Unary", message: [0xff]) }
            #expect(record.all == ["INTERNAL"])
        }
    }

    @Test("one may know the peer's certificate", arguments: Security.allCases)
    func peer(security: Security) async throws {
        let record = Record<[String]?>()
        let noting = Interceptor { call, next in
            record.append(call.peer.certificate?.uris)
            #expect(call.peer.isSecure == (security == .mutualTLS))
            #expect(call.peer.address.isLoopback)
            try await next(call)
        }
        try await withLoopback(security, interceptors: [noting]) { loopback in
            _ = try await loopback.client().unary(EchoRequest([]))
            #expect(record.all == [security == .mutualTLS ? TestPKI.shared.client.certificate.uris : nil])
        }
    }
}
