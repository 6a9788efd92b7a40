public import HTTP2
public import Net
internal import Crypto
internal import Synchronization

/// One call in flight, as its interceptors and its handler see it.
public final class Call: Sendable {
    /// The routed method; nil when no service has that path.
    public let method: MethodInfo?
    /// What the client asked for, routed or not: `/package.Service/Method`.
    public let path: String
    /// What the client sent beside its messages.
    public let metadata: Metadata
    public let peer: Peer
    /// When the client gives up, by our clock; nil when it did not say.
    public let deadline: MonotonicTime?
    /// The loop that carries the call; the handler runs on it unless it moves itself.
    public let loop: EventLoop

    private struct State: ~Copyable {
        var requestID: String?
        var values: [ObjectIdentifier: any Sendable] = [:]
        var head = Metadata()
        var trailers = Metadata()
        var isCancelled = false
    }

    private let state = Mutex(State())

    init(method: MethodInfo?, path: String, metadata: Metadata, peer: Peer, deadline: MonotonicTime?, loop: EventLoop) {
        self.method = method
        self.path = path
        self.metadata = metadata
        self.peer = peer
        self.deadline = deadline
        self.loop = loop
    }

    /// The client's `x-request-id` if it is 1 to 64 characters of `[A-Za-z0-9._-]`, otherwise one made here.
    public var requestID: String {
        state.withLock { state in
            if let id = state.requestID { return id }
            let id = metadata["x-request-id"].flatMap { Call.isRequestID($0) ? $0 : nil } ?? UUIDv7Generator.system.next().description
            state.requestID = id
            return id
        }
    }

    /// The client has gone, reset the stream, or the deadline has passed; the handler's task is cancelled, too.
    public var isCancelled: Bool {
        state.withLock { $0.isCancelled }
    }

    /// How long the client still waits; nil when it did not say. Never negative.
    public var timeRemaining: Duration? {
        deadline.map { max(.zero, $0 - .now()) }
    }

    /// What an interceptor left for those behind it.
    public subscript<Key: CallKey>(_ key: Key.Type) -> Key.Value? {
        get { state.withLock { $0.values[ObjectIdentifier(key)] as? Key.Value } }
        set { state.withLock { $0.values[ObjectIdentifier(key)] = newValue } }
    }

    /// Metadata before the first reply; what is set after that is not sent.
    public var replyMetadata: Metadata {
        get { state.withLock { $0.head } }
        set { state.withLock { $0.head = newValue } }
    }

    /// Metadata behind the last reply, with the status.
    public var trailers: Metadata {
        get { state.withLock { $0.trailers } }
        set { state.withLock { $0.trailers = newValue } }
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
    }

    private static func isRequestID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// Names a value that travels with a call: a caseless enum conforms, and `call[Key.self]` is the value.
public protocol CallKey {
    associatedtype Value: Sendable
}
