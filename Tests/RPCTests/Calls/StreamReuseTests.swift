import BenchAPI
import HTTP2
import Net
import Protobuf
import Testing

@testable import RPC

/// A loop's streams are used again, one call after the other: what became of one call must not show in the next.
@Suite("A stream that goes from call to call", .timeLimit(.minutes(5))) struct StreamReuseTests {
    /// What may have happened on the stream that the next call gets.
    private enum Incident: CaseIterable {
        case none, cancelledWhileRunning, cancelledBeforeItsEnd, notEnded, deadline, deadlineWithOutput, packed, unread, failed, noMethod
        case notGRPC, cutMessage, severalMessages
    }

    private let path = "/bench.v1.Echo/ServerStream"
    /// Beyond the window of a stream.
    private static let long = 200_000

    private var service: ScriptedEcho {
        ScriptedEcho(
            onUnary: { request, call in
                if request.count == 1 { throw RPCError(.aborted, "as asked") }
                if request.count == 2 { try await Event().wait() }
                return EchoReply(request.payload)
            },
            onServerStream: { request, call, replies in
                try await replies.send(EchoReply([UInt8](repeating: 1, count: Self.long)))
                if request.count == 2 { try await Event().wait() }
            })
    }

    /// The call, up to its end; true when the server resets its stream.
    private func happen(_ incident: Incident, on id: UInt32, _ raw: RawConnection) async throws {
        func request(_ count: Int32 = 0) -> [UInt8] { RawFrame.message(EchoRequest([5], count: count).encoded()) }
        func call(_ path: String = RawFrame.unaryPath, _ changes: [(String, String?)] = []) -> RawFrame {
            .headers(id, RawFrame.call(path, changes))
        }
        switch incident {
        case .none:
            try await raw.send(call(), .data(id, request(), end: true))
            #expect(try await raw.reply(id).status == "0")
        case .cancelledWhileRunning:
            try await raw.send(call(), .data(id, request(2), end: true), .reset(id))
        case .cancelledBeforeItsEnd:
            try await raw.send(call(), .data(id, Array(request().prefix(3))))
            try await raw.roundTrip()
            try await raw.send(.reset(id))
        case .notEnded:
            // It fails at its second message, before it ends: RST_STREAM(NO_ERROR) follows.
            try await raw.send(call(), .data(id, request() + request()))
            #expect(try await raw.reply(id).status == "12")
            _ = try await raw.frame("the reset") { $0.kind == RawFrame.Kind.reset && $0.stream == id && $0.number(at: 0) == 0 }
        case .deadline:
            try await raw.send(call(RawFrame.unaryPath, [("grpc-timeout", "1m")]), .data(id, request(2), end: true))
            #expect(try await raw.reply(id).status == "4")
        case .deadlineWithOutput:
            try await raw.send(call(path, [("grpc-timeout", "20m")]), .data(id, request(2), end: true))
            _ = try await raw.frame("the reset") { $0.kind == RawFrame.Kind.reset && $0.stream == id && $0.number(at: 0) == 8 }
        case .packed:
            let bytes = EchoRequest([5]).encoded()
            let packed = RawFrame.message(
                try #require(unsafe bytes.withUnsafeBytes { unsafe Deflater(.gzip).pack($0, reserving: 0) }), flag: 1)
            try await raw.send(
                call(RawFrame.unaryPath, [("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip")]), .data(id, packed, end: true))
            #expect(try await raw.reply(id).status == "0")
        case .unread:
            try await raw.send(call(path), .data(id, request(), end: true))
            _ = try await raw.frame("a window of it") { $0.kind == RawFrame.Kind.data && $0.stream == id }
            try await raw.send(.reset(id))
        case .failed:
            try await raw.send(call(), .data(id, request(1), end: true))
            #expect(try await raw.reply(id).status == "10")
        case .noMethod:
            try await raw.send(call("/bench.v1.Echo/None"), .data(id, request(), end: true))
            #expect(try await raw.reply(id).status == "12")
        case .notGRPC:
            try await raw.send(call(RawFrame.unaryPath, [("content-type", "text/plain")]), .data(id, request(), end: true))
            #expect(try await raw.reply(id).header(":status") == "415")
        case .cutMessage:
            try await raw.send(call(), .data(id, Array(request().prefix(6)), end: true))
            #expect(try await raw.reply(id).status == "13")
        case .severalMessages:
            try await raw.send(call("/bench.v1.Echo/BidiStream"), .data(id, request()), .data(id, request() + request(), end: true))
            #expect(try await raw.reply(id).body.count == 3 * RawFrame.message(EchoReply([5]).encoded()).count)
        }
    }

    @Test(
        "after whatever became of a call, the same again and a clean one are as on a connection's first stream",
        arguments: Incident.allCases)
    private func afterIncident(incident: Incident) async throws {
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            // Only streams' windows are to bound what the server sends.
            try await raw.send(.windowUpdate(0, 1_000_000_000))
            try await happen(.none, on: 1, raw)
            let first = try await raw.reply(1)
            for round in 0..<4 as Range<UInt32> {
                try await happen(incident, on: 4 * round + 3, raw)
                // The server has seen its end.
                try await raw.roundTrip()
                let clean = 4 * round + 5
                try await happen(.none, on: clean, raw)
                let reply = try await raw.reply(clean)
                #expect(reply.head.map { "\($0)" } == first.head.map { "\($0)" })
                #expect(reply.trailers.map { "\($0)" } == first.trailers.map { "\($0)" })
                #expect(reply.body == first.body)
                #expect(reply.reset == nil)
            }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }

    @Test("a hundred streams, each in another state, are then a hundred calls at once")
    func together() async throws {
        try await withLoopback(.cleartext, [service]) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.windowUpdate(0, 1_000_000_000))
            let incidents = Incident.allCases
            for round in 0..<3 as Range<UInt32> {
                let ids = (0..<100 as Range<UInt32>).map { round * 400 + $0 * 2 + 1 }
                for (index, id) in ids.enumerated() { try await happen(incidents[index % incidents.count], on: id, raw) }
                try await raw.roundTrip()
                var bytes: [UInt8] = []
                let clean = ids.map { $0 + 200 }
                for id in clean {
                    let message = RawFrame.message(EchoRequest(RawFrame.number(id)).encoded())
                    bytes += RawFrame.headers(id, RawFrame.call()).bytes + RawFrame.data(id, message, end: true).bytes
                }
                try await raw.send(bytes)
                for id in clean {
                    let reply = try await raw.reply(id)
                    #expect(reply.status == "0" && reply.reset == nil)
                    #expect(reply.body == RawFrame.message(EchoReply(RawFrame.number(id)).encoded()))
                }
            }
            try await loopback.expectHealthyAfterClosing(raw)
        }
    }
}
