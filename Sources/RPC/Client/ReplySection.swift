internal import HTTP2
internal import Net

/// What gRPC reads from a header section of a reply (gRPC over HTTP/2, Responses).
struct ReplySection {
    enum Status: Equatable {
        case known(StatusCode)
        /// Not a number that gRPC defines.
        case unknown(String)
    }

    /// 0 where there is none: trailers have none.
    private(set) var httpStatus = 0
    /// It is the beginning of a gRPC reply.
    private(set) var isGRPC = false
    private(set) var status: Status?
    private(set) var pushback: String?
    /// How its messages are packed; nil for a way that is not ours.
    private(set) var encoding: Compression? = .identity

    /// One pass over the bytes.
    init(_ fields: HTTPFields) {
        var hasType = false
        unsafe fields.forEach { name, value in
            switch name.count {
            case 7 where unsafe name.equals(":status"):
                httpStatus = unsafe value.equals("200") ? 200 : Int(String(decoding: value, as: UTF8.self)) ?? 0
            case 12 where unsafe name.equals("content-type"):
                hasType = unsafe UnsafeRawBufferPointer(rebasing: value.prefix(16)).equals("application/grpc")
            case 11 where unsafe name.equals("grpc-status"):
                if status == nil { status = unsafe ReplySection.status(value) }
            case 13 where unsafe name.equals("grpc-encoding"):
                encoding = unsafe Compression(value)
            case 22 where unsafe name.equals("grpc-retry-pushback-ms"):
                pushback = unsafe String(decoding: value, as: UTF8.self)
            default: break
            }
        }
        isGRPC = httpStatus == 200 && hasType
    }

    private static func status(_ value: UnsafeRawBufferPointer) -> Status {
        if unsafe value.count == 1 && value[0] == UInt8(ascii: "0") { return .known(.ok) }
        let text = unsafe String(decoding: value, as: UTF8.self)
        return Int(text).flatMap(StatusCode.init(rawValue:)).map { .known($0) } ?? .unknown(text)
    }

    static func overBudget(_ fields: HTTPFields) -> RPCError? {
        fields.overBudget.map { name in
            RPCError(
                .resourceExhausted,
                "the reply's metadata has \(fields.countedBytes) bytes, more than this client takes; the largest field is \(name)")
        }
    }

    /// The failure that the section tells.
    func error(_ fields: HTTPFields, _ trailers: Metadata) -> RPCError {
        switch status {
        case .known(let code):
            let message = fields.first("grpc-message").map(StatusMessage.decode) ?? ""
            let details = StatusDetails.decode(fields.first(StatusDetails.name), code: code)
            var error = RPCError(code, message, details: details, trailers: trailers)
            if let pushback { error.pushback = RPCError.Pushback(pushback) }
            return error
        case .unknown(let text):
            return RPCError(
                .unknown, "the reply has the status \"\(text)\", which gRPC does not define", trailers: trailers,
                cause: RPCError.Cause(.status(text)))
        case nil:
            return RPCError(
                .unknown, "the reply has trailers without grpc-status", trailers: trailers, cause: RPCError.Cause(.status(nil)))
        }
    }
}

extension ClientCall {
    /// What a stream's end without trailers comes to (gRPC over HTTP/2, Errors).
    static func meaning(of end: StreamEnd, deadline: MonotonicTime?, now: MonotonicTime) -> (Retry.Outcome, RPCError) {
        let error: RPCError
        switch end {
        case .unsent(let reason):
            let kind = RPCError.Cause.Kind(reason, isReady: true)
            return (.unsent, RPCError(.unavailable, "the connection was lost before the call was sent: \(reason)", kind))
        case .stream(.refusedStream):
            return (.refused, RPCError(.unavailable, "the server refused the call unseen", .reset(.refusedStream)))
        case .connection(let reason):
            let kind = RPCError.Cause.Kind(reason, isReady: true)
            let text = reason.isShutDown ? "the channel was closed" : "the connection was lost: \(reason)"
            error = RPCError(.unavailable, text, kind)
        case .stream(.cancel):
            // A server that keeps the deadline may be a little earlier than our own timer.
            if let deadline, now >= deadline {
                error = RPCError(.deadlineExceeded, "the deadline passed before the call was done", .deadline(.reply))
            } else {
                error = RPCError(.cancelled, "the server cancelled the call", .reset(.cancel))
            }
        case .stream(.enhanceYourCalm):
            error = RPCError(.resourceExhausted, "the server reset the call: ENHANCE_YOUR_CALM", .reset(.enhanceYourCalm))
        case .stream(.inadequateSecurity):
            error = RPCError(.permissionDenied, "the server reset the call: INADEQUATE_SECURITY", .reset(.inadequateSecurity))
        case .stream(let code): error = RPCError(.internal, "the server reset the call: \(code)", .reset(code))
        }
        return (.status(error.code, nil), error)
    }
}

extension HTTP2Error {
    fileprivate var isShutDown: Bool {
        if case .shutDown = self { return true }
        return false
    }
}
