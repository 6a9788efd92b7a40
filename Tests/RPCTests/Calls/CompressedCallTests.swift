import BenchAPI
import Protobuf
import Testing

@testable import RPC

/// What goes over the wire, by a client of raw frames.
@Suite("Compressed calls", .timeLimit(.minutes(1))) struct CompressedCallTests {
    private static let long = EchoRequest([UInt8](repeating: 7, count: 30_000))

    private func pack(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        try #require(unsafe bytes.withUnsafeBytes { unsafe Deflater(compression).pack($0, reserving: 0) })
    }

    private func unpack(_ body: [UInt8], _ compression: Compression) throws -> EchoReply {
        let message = try Inflater(compression: compression, limit: 1 << 20).unpack(Array(body.dropFirst(5)))
        return try EchoReply(decoding: message)
    }

    /// One call; `headers` are its grpc-encoding and so on.
    private func call(
        _ headers: [(String, String)], _ body: [UInt8], _ service: any Service = EchoService(),
        _ configure: (inout Server.Configuration) -> Void = { _ in }
    ) async throws -> RawReply {
        var reply: RawReply?
        try await withLoopback(.cleartext, [service], configure) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.headers(1, RawFrame.call(RawFrame.unaryPath, headers)))
            for start in stride(from: 0, to: body.count, by: 16_384) {
                let part = Array(body[start...].prefix(16_384))
                try await raw.send(.data(1, part, end: start + part.count == body.count))
            }
            reply = try await raw.reply(1)
            await raw.close()
        }
        return try #require(reply)
    }

    @Test("a packed request is unpacked; its reply is not packed unless somebody asks", arguments: [Compression.gzip, .deflate])
    func request(_ compression: Compression) async throws {
        let body = try RawFrame.message(pack(Self.long.encoded(), compression), flag: 1)
        let reply = try await call([("grpc-encoding", compression.rawValue), ("grpc-accept-encoding", "gzip")], body)
        #expect(reply.status == "0")
        #expect(reply.header("grpc-encoding") == nil)
        #expect(reply.body.first == 0)
        #expect(try EchoReply(decoding: Array(reply.body.dropFirst(5))).payload == Self.long.payload)
    }

    @Test("a server that packs does so for clients who take it, and says how", arguments: [Compression.gzip, .deflate])
    func configured(_ compression: Compression) async throws {
        let body = RawFrame.message(Self.long.encoded())
        let reply = try await call([("grpc-accept-encoding", "identity, \(compression)")], body) { $0.compression = compression }
        #expect(reply.header("grpc-encoding") == compression.rawValue)
        #expect(reply.header("grpc-accept-encoding") == "identity,gzip,deflate")
        #expect(reply.body.first == 1)
        #expect(reply.body.count < 2_000)
        #expect(try unpack(reply.body, compression).payload == Self.long.payload)
        #expect(reply.status == "0")

        let refused = try await call([("grpc-accept-encoding", "identity")], body) { $0.compression = compression }
        #expect(refused.header("grpc-encoding") == nil)
        #expect(refused.body.first == 0)
    }

    @Test("a short reply, and one that would not get shorter, goes as it is")
    func short() async throws {
        let noise = EchoRequest((0..<4_096).map { _ in UInt8.random(in: 0...255) })
        for request in [EchoRequest([1]), noise] {
            let reply = try await call([("grpc-accept-encoding", "gzip")], RawFrame.message(request.encoded())) { $0.compression = .gzip }
            #expect(reply.header("grpc-encoding") == "gzip")
            #expect(reply.body.first == 0)
            #expect(try EchoReply(decoding: Array(reply.body.dropFirst(5))).payload == request.payload)
        }
    }

    @Test("a handler chooses for its call, whatever the server's choice is", arguments: [true, false])
    func chosen(packs: Bool) async throws {
        let service = ScriptedEcho(onUnary: { request, call in
            call.compression = .deflate
            call.compressesReplies = packs
            return EchoReply(request.payload)
        })
        let request = EchoRequest([1, 2, 3])
        let reply = try await call([("grpc-accept-encoding", "gzip,deflate")], RawFrame.message(request.encoded()), service) {
            $0.compression = .gzip
        }
        #expect(reply.header("grpc-encoding") == "deflate")
        #expect(reply.body.first == (packs ? 1 : 0))
        if packs { #expect(try unpack(reply.body, .deflate).payload == request.payload) }
    }

    @Test("a handler learns whether a request came packed, and packs each reply or does not")
    func perMessage() async throws {
        let service = ScriptedEcho(onBidiStream: { requests, call, replies in
            call.compression = .gzip
            for try await request in requests {
                try await replies.send(EchoReply(request.payload), packed: call.lastRequestWasCompressed)
            }
        })
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            let path = "/bench.v1.Echo/BidiStream"
            try await raw.send(.headers(1, RawFrame.call(path, [("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip")])))
            let request = EchoRequest([4, 5]).encoded()
            for flag in [1, 0, 1] as [UInt8] {
                let bytes = flag == 1 ? try pack(request, .gzip) : request
                try await raw.send(.data(1, RawFrame.message(bytes, flag: flag)))
            }
            try await raw.send(.data(1, [], end: true))
            let reply = try await raw.reply(1)
            #expect(reply.status == "0")
            var rest = reply.body[...]
            var flags: [UInt8] = []
            while rest.count >= 5 {
                let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
                flags.append(rest[rest.startIndex])
                rest = rest.dropFirst(5 + length)
            }
            #expect(flags == [1, 0, 1])
            await raw.close()
        }
    }

    @Test("our client packs for servers that take it, and unpacks what it gets", arguments: [Compression.gzip, .deflate])
    func client(_ compression: Compression) async throws {
        let sizes = Record<Bool>()
        let service = ScriptedEcho(onUnary: { request, call in
            sizes.append(call.lastRequestWasCompressed)
            return EchoReply(request.payload)
        })
        try await withLoopback(.cleartext, [service], { $0.compression = .gzip }) { loopback in
            let client = try loopback.client { $0.compression = compression }
            let compressed = Counter()
            let options = CallOptions { if case .compressedReply = $0 { compressed.add() } }
            #expect(try await client.unary(Self.long, options).payload == Self.long.payload)
            #expect(try await client.unary(EchoRequest([1]), options).payload == [1])
            #expect(sizes.all == [true, false])
            #expect(compressed.value == 1)
            await client.channel.close()
        }
    }

    @Test("SEC: a message that unpacks to more than the limit is RESOURCE_EXHAUSTED, and what comes behind it is not read")
    func bomb() async throws {
        let packed = try RawFrame.message(pack([UInt8](repeating: 0, count: 5_000_000), .gzip), flag: 1)
        let reply = try await call([("grpc-encoding", "gzip")], packed + packed)
        #expect(reply.status == "8")
        #expect(reply.message == "the message has more than 4194304 bytes when unpacked, the limit for a received message")
    }
}
