internal import HTTP2

/// An answer that is HTTP, and not gRPC's: a proxy's page of errors, most of the time.
struct ForeignReply {
    let status: Int
    private var text: [UInt8] = []

    init(status: Int) {
        self.status = status
    }

    /// Takes the body's beginning.
    mutating func append(_ body: UnsafeRawBufferPointer) {
        guard text.count < Limits.quotedBodyBytes else { return }
        unsafe text.append(contentsOf: body.prefix(Limits.quotedBodyBytes - text.count))
    }

    /// What it comes to (grpc/doc/http-grpc-status-mapping.md).
    func error(_ trailers: Metadata) -> RPCError {
        RPCError(
            StatusCode(httpStatus: status), "the server answered with HTTP \(status): \(String(decoding: text, as: UTF8.self))",
            trailers: trailers, cause: RPCError.Cause(.httpStatus(status)))
    }
}
