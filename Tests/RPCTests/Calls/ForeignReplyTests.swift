import BenchAPI
import Protobuf
import RPC
import Testing

/// A client against servers that are not ours, or that are wrong.
@Suite("Replies of other servers", .timeLimit(.minutes(5))) struct ForeignReplyTests {
    private static let head = RawFrame.headers(1, [(":status", "200"), ("content-type", "application/grpc")])
    private static let message = RawFrame.data(1, RawFrame.message(EchoReply([7]).encoded()))

    private static func trailers(_ fields: (String, String)...) -> RawFrame { .headers(1, fields, end: true) }

    private static func trailersOnly(_ fields: (String, String)...) -> RawFrame {
        .headers(1, [(":status", "200"), ("content-type", "application/grpc")] + fields, end: true)
    }

    private func outcome(_ answer: [RawFrame]) async throws -> Result<[UInt8], RPCError> {
        var outcome: Result<[UInt8], RPCError> = .failure(RPCError(.dataLoss, "no outcome"))
        try await withScriptedServer(answer: answer) { _, channel in
            do throws(RPCError) {
                outcome = .success(try await EchoClient(channel).unary(EchoRequest([]), CallOptions(timeout: .seconds(120))).payload)
            } catch {
                outcome = .failure(error)
            }
        }
        return outcome
    }

    private func error(_ answer: [RawFrame]) async throws -> RPCError {
        try await rpcError { try await outcome(answer).get() }
    }

    @Test("a reply in order is a reply, in whatever frames it comes")
    func good() async throws {
        let framed = RawFrame.message(EchoReply([7]).encoded())
        let bytes = framed.map { RawFrame.data(1, [$0]) }
        #expect(try await outcome([Self.head, Self.message, Self.trailers(("grpc-status", "0"))]).get() == [7])
        #expect(try await outcome([Self.head] + bytes + [Self.trailers(("grpc-status", "0"))]).get() == [7])
    }

    @Test("sections of 1xx come before the reply, and mean nothing")
    func interim() async throws {
        let early = RawFrame.headers(1, [(":status", "103"), ("link", "</x>")])
        #expect(try await outcome([early, early, Self.head, Self.message, Self.trailers(("grpc-status", "0"))]).get() == [7])
    }

    @Test("RST_STREAM(NO_ERROR) behind the trailers is success")
    func resetAfterTrailers() async throws {
        #expect(try await outcome([Self.head, Self.message, Self.trailers(("grpc-status", "0")), .reset(1, 0)]).get() == [7])
    }

    @Test("trailers only carry a status and its message")
    func trailersOnly() async throws {
        let error = try await error([Self.trailersOnly(("grpc-status", "5"), ("grpc-message", "no%20lead"))])
        #expect(error.code == .notFound)
        #expect(error.message == "no lead")
    }

    @Test("a status that is none is UNKNOWN and quoted", arguments: ["", "17", "-1", "x", "99999999999999999999", "0x1"])
    func badStatus(text: String) async throws {
        let error = try await error([Self.head, Self.trailers(("grpc-status", text))])
        #expect(error.code == .unknown)
        #expect(error.message.contains("\"\(text)\""))
    }

    @Test("trailers without a status are UNKNOWN")
    func noStatus() async throws {
        #expect(try await error([Self.head, Self.message, Self.trailers(("x", "y"))]).code == .unknown)
    }

    @Test("an end without trailers is INTERNAL")
    func noTrailers() async throws {
        #expect(try await error([Self.head, .data(1, RawFrame.message([]), end: true)]).code == .internal)
        let headOnly = RawFrame.headers(1, [(":status", "200"), ("content-type", "application/grpc")], end: true)
        #expect(try await error([headOnly]).code == .internal)
    }

    @Test(
        "an answer that is HTTP only means what the mapping says, and quotes itself",
        arguments: [
            ("400", .internal), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented), ("429", .unavailable),
            ("502", .unavailable), ("503", .unavailable), ("504", .unavailable), ("500", .unknown), ("200", .unknown),
        ] as [(String, StatusCode)])
    func http(status: String, code: StatusCode) async throws {
        let head = RawFrame.headers(1, [(":status", status), ("content-type", "text/html")])
        let error = try await error([head, .data(1, Array("<h1>it broke</h1>".utf8), end: true)])
        #expect(error.code == code)
        #expect(error.message.contains("HTTP \(status)") && error.message.contains("it broke"))
    }

    @Test("an HTTP answer without a body, or with trailers behind it, is the same")
    func httpVariants() async throws {
        #expect(try await error([.headers(1, [(":status", "503")], end: true)]).code == .unavailable)
        let head = RawFrame.headers(1, [(":status", "503"), ("content-type", "text/plain")])
        #expect(try await error([head, .data(1, [65]), Self.trailers(("x", "y"))]).code == .unavailable)
    }

    @Test("of a long HTTP body a part is quoted")
    func longBody() async throws {
        let head = RawFrame.headers(1, [(":status", "500"), ("content-type", "text/plain")])
        let part = RawFrame.data(1, [UInt8](repeating: 65, count: 10_000))
        let error = try await error([head, part, part, .data(1, [], end: true)])
        #expect(error.message.utf8.count < 1_200)
    }

    @Test("a gRPC status counts more than an HTTP one")
    func bothStatuses() async throws {
        let both = RawFrame.headers(1, [(":status", "503"), ("content-type", "application/grpc"), ("grpc-status", "7")], end: true)
        #expect(try await error([both]).code == .permissionDenied)
    }

    @Test(
        "a reset means what gRPC over HTTP/2 says",
        arguments: [
            (1, .internal), (2, .internal), (3, .internal), (8, .cancelled), (11, .resourceExhausted),
            (12, .permissionDenied), (0, .internal), (0xffff, .internal),
        ] as [(UInt32, StatusCode)])
    func reset(number: UInt32, code: StatusCode) async throws {
        #expect(try await error([.reset(1, number)]).code == code)
    }

    @Test("a message cut short is INTERNAL, though its status is OK")
    func truncated() async throws {
        let cut = RawFrame.data(1, [0, 0, 0, 0, 9, 1, 2])
        #expect(try await error([Self.head, cut, Self.trailers(("grpc-status", "0"))]).code == .internal)
        #expect(try await error([Self.head, .data(1, [0, 0]), Self.trailers(("grpc-status", "0"))]).code == .internal)
    }

    @Test("but a failure of the server's counts more than its cut message")
    func truncatedFailure() async throws {
        let cut = RawFrame.data(1, [0, 0, 0, 0, 9, 1, 2])
        #expect(try await error([Self.head, cut, Self.trailers(("grpc-status", "14"))]).code == .unavailable)
    }

    @Test("a compressed message, or one with an unknown flag, is INTERNAL", arguments: [1, 2, 255] as [UInt8])
    func flag(flag: UInt8) async throws {
        let bad = RawFrame.data(1, RawFrame.message([], flag: flag))
        #expect(try await error([Self.head, bad]).code == .internal)
    }

    @Test("details of another code than the status's are left out")
    func foreignDetails() async throws {
        // google.rpc.Status {code: 5}, with the status 3.
        let error = try await error([Self.trailersOnly(("grpc-status", "3"), ("grpc-status-details-bin", "CAU"))])
        #expect(error.code == .invalidArgument)
        #expect(error.details.isEmpty)
        let garbage = try await self.error([Self.trailersOnly(("grpc-status", "3"), ("grpc-status-details-bin", "!!"))])
        #expect(garbage.code == .invalidArgument)
    }
}
