import BenchAPI
import Testing

@testable import RPC

@Suite("Errors and their details") struct RPCErrorTests {
    @Test("there is no OK error")
    func noOK() {
        #expect(RPCError(.ok, "x").code == .unknown)
    }

    @Test("codes have gRPC's numbers and names", arguments: zip(0...16, StatusCode.allCases))
    func codes(number: Int, code: StatusCode) {
        #expect(code.rawValue == number)
        #expect("\(code)".allSatisfy { $0.isUppercase || $0 == "_" })
    }

    @Test(
        "an HTTP status without a gRPC one means what the mapping says",
        arguments: [
            (400, .internal), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented), (429, .unavailable),
            (502, .unavailable),
            (503, .unavailable), (504, .unavailable), (431, .internal), (200, .unknown), (500, .unknown), (418, .unknown), (0, .unknown),
        ] as [(Int, StatusCode)])
    func httpStatus(status: Int, code: StatusCode) {
        #expect(StatusCode(httpStatus: status) == code)
    }

    @Test("a detail is found by its type, and read")
    func details() {
        var request = EchoRequest()
        request.payload = [1, 2, 3]
        let error = RPCError(.aborted, "x", details: [ErrorDetail(EchoReply()), ErrorDetail(request)])
        #expect(error.detail(EchoRequest.self) == request)
        #expect(error.detail(EchoReply.self) == EchoReply())
        #expect(error.details[1].typeURL == "type.googleapis.com/bench.v1.EchoRequest")
        #expect(RPCError(.aborted, "x").detail(EchoReply.self) == nil)
    }

    @Test(
        "a detail is known by what follows the last slash of its type's URL",
        arguments: ["bench.v1.EchoReply", "x.example/y/bench.v1.EchoReply"])
    func typeURL(url: String) {
        #expect(ErrorDetail(typeURL: url, value: []).decoded(as: EchoReply.self) == EchoReply())
    }

    @Test("a detail of another type, or with bytes that are none, is not there")
    func noDetail() {
        #expect(ErrorDetail(typeURL: "type.googleapis.com/bench.v1.EchoRequest", value: []).decoded(as: EchoReply.self) == nil)
        #expect(ErrorDetail(typeURL: "type.googleapis.com/bench.v1.EchoReply", value: [0xff]).decoded(as: EchoReply.self) == nil)
        #expect(ErrorDetail(typeURL: "", value: []).decoded(as: EchoReply.self) == nil)
    }

    @Test("an error reads as its code and its sentence")
    func description() {
        #expect("\(RPCError(.notFound, "there is no lead 7"))" == "NOT_FOUND: there is no lead 7")
    }
}
