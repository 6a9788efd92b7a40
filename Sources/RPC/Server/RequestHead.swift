internal import Glibc
internal import HTTP2
internal import Net

/// What gRPC reads from a request's header section (gRPC over HTTP/2, Request-Headers), in one pass over its bytes.
struct RequestHead {
    enum Refusal: Equatable {
        /// Not a gRPC request at all: an HTTP status and a line of text.
        case http(status: Int, text: String)
        /// A gRPC request that cannot be served, whatever its method.
        case rpc(StatusCode, String, RPCError.Cause.Kind)
    }

    private(set) var pathIndex: Int?
    private(set) var timeout: Duration?
    private(set) var refusal: Refusal?
    /// How the request's messages are packed.
    private(set) var compression = Compression.identity
    /// How replies may be.
    private(set) var accepted: AcceptedCompressions = []

    init(_ fields: HTTPFields) {
        // Nil until seen: what follows a field that exceeds the budget is never seen.
        var isPost: Bool?
        var isGRPC: Bool?
        var index = 0
        unsafe fields.forEach { name, value in
            switch name.count {
            case 5 where unsafe name.equals(":path"):
                pathIndex = index
            case 7 where unsafe name.equals(":method"):
                isPost = unsafe value.equals("POST")
            case 12 where unsafe name.equals("content-type"):
                isGRPC = unsafe RequestHead.isGRPC(value)
            case 12 where unsafe name.equals("grpc-timeout"):
                timeout = unsafe Timeout.parse(value)
                if timeout == nil, refusal == nil {
                    refusal = .rpc(.internal, "grpc-timeout is not one to eight digits and one of H, M, S, m, u, n", .malformed)
                }
            case 13 where unsafe name.equals("grpc-encoding"):
                if let named = unsafe Compression(value) {
                    compression = named
                } else if refusal == nil {
                    let encoding = unsafe String(decoding: value.prefix(32), as: UTF8.self)
                    refusal = .rpc(
                        .unimplemented, "this server does not unpack \"\(encoding)\"; it takes \(AcceptedCompressions.ours)",
                        .encodingUnknown)
                }
            case 20 where unsafe name.equals("grpc-accept-encoding"):
                accepted = unsafe AcceptedCompressions(value)
            default: break
            }
            index += 1
        }
        if let name = fields.overBudget {
            refusal = .rpc(
                .resourceExhausted,
                "the request's metadata has \(fields.countedBytes) bytes, more than this server takes; the largest field is \(name)",
                .metadataTooLarge)
        }
        if isGRPC == false || isGRPC == nil && fields.overBudget == nil {
            refusal = .http(status: 415, text: "This is a gRPC server: content-type must be application/grpc or application/grpc+proto.\n")
        }
        if isPost == false || isPost == nil && fields.overBudget == nil {
            refusal = .http(status: 405, text: "This is a gRPC server: the method must be POST.\n")
        }
    }

    /// `application/grpc`, `application/grpc+proto`, either with parameters; no other codec is spoken here.
    private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
        if unsafe value.equals("application/grpc") { return true }
        let end = unsafe value.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") } ?? value.count
        let base = unsafe UnsafeRawBufferPointer(rebasing: value[..<end])
        return unsafe base.equals("application/grpc") || base.equals("application/grpc+proto")
    }
}

extension UnsafeRawBufferPointer {
    /// Byte by byte, without making a `String`.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount, let start = baseAddress else { return text.utf8CodeUnitCount == 0 && count == 0 }
        return unsafe memcmp(start, text.utf8Start, count) == 0
    }
}
