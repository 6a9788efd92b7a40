public import Protobuf

/// A call that did not succeed: what a handler throws, and what a client catches. There is no OK error.
public struct RPCError: Error, Sendable, CustomStringConvertible {
    /// Never `.ok`.
    public let code: StatusCode
    /// An English sentence for the peer's developer; nothing internal.
    public let message: String
    /// Machine-readable details: messages of `google.rpc` and others, as `google.rpc.Status.details` carries them.
    public let details: [ErrorDetail]
    /// The trailers that came with it, on a client.
    public var trailers: Metadata
    private var box: CauseBox?

    public init(
        _ code: StatusCode, _ message: String, details: [ErrorDetail] = [], trailers: Metadata = Metadata(), cause: Cause? = nil
    ) {
        self.code = code == .ok ? .unknown : code
        self.message = message
        self.details = details
        self.trailers = trailers
        box = cause.map { CauseBox($0, nil) }
    }

    /// Why a client made this error itself; nil for one that a server sent at the first attempt.
    public var cause: Cause? {
        get { box?.cause }
        set { box = CauseBox.with(newValue, pushback) }
    }

    /// When the server wants the call to be tried again, if it says so: a handler sets it, or a client has it of its server's answer.
    public var pushback: Pushback? {
        get { box?.pushback }
        set { box = CauseBox.with(cause, newValue) }
    }

    init(_ code: StatusCode, _ message: String, _ kind: Cause.Kind) {
        self.init(code, message, cause: Cause(kind))
    }

    /// The first detail of that type, decoded; nil if there is none or its bytes are not valid.
    public func detail<Detail: Message>(_ type: Detail.Type = Detail.self) -> Detail? {
        for detail in details {
            if let value = detail.decoded(as: type) { return value }
        }
        return nil
    }

    public var description: String { "\(code): \(message)" }
}

/// One entry of `google.rpc.Status.details`: a message and its type's name (`google.protobuf.Any`).
public struct ErrorDetail: Sendable, Hashable {
    /// `type.googleapis.com/google.rpc.ErrorInfo`.
    public let typeURL: String
    /// The message in the binary format.
    public let value: [UInt8]

    public init(typeURL: String, value: [UInt8]) {
        self.typeURL = typeURL
        self.value = value
    }

    public init(_ message: some Message) {
        typeURL = "type.googleapis.com/" + type(of: message).fullName
        value = message.encoded()
    }

    public func decoded<Detail: Message>(as type: Detail.Type = Detail.self) -> Detail? {
        typeURL.split(separator: "/").last.map(String.init) == Detail.fullName ? try? Detail(decoding: value) : nil
    }
}
