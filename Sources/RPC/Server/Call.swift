public import HTTP2
public import Net
internal import Crypto
internal import Synchronization

/// One call in flight, as its interceptors and its handler see it.
///
/// On a server that is a `ServerStream`, which is all there is of a call.
public class Call: Exchange, @unchecked Sendable {
    let route: Route?
    private let unroutedPath: String
    /// What the client sent beside its messages.
    public let metadata: Metadata
    public let peer: Peer
    /// When the client gives up, by our clock; nil when it did not say.
    public let deadline: MonotonicTime?

    /// Who makes the call, as a guard found out; the guard's layer knows the type. Set on the loop before the handler begins, and never after:
    /// nobody needs a lock to read it.
    package final var principal: (any AnyObject & Sendable)?

    /// How the client takes replies.
    private let accepted: AcceptedCompressions

    private struct State: ~Copyable {
        var isCancelled = false
        var values = KeyedValues()
        var notes: Notes?
    }

    /// What interceptors and handlers say of a call's reply. Many say nothing.
    private final class Notes {
        var requestID: String?
        var head = Metadata()
        var trailers = Metadata()
        var compression: Compression?
        var packsMessages: Bool?
        /// What the header section announces, once something was sent.
        var packing: Compression?
    }

    private let state = Mutex(State())
    /// There are notes: what a call without any can be asked without the lock.
    private let isNoted = Atomic<Bool>(false)

    /// `unroutedPath` is what the client asked for where there is no route.
    init(
        route: Route?, unroutedPath: String = "", metadata: Metadata, peer: Peer, deadline: MonotonicTime?, loop: EventLoop,
        limits: Limits = .standard, accepted: AcceptedCompressions = []
    ) {
        self.route = route
        self.unroutedPath = unroutedPath
        self.metadata = metadata
        self.peer = peer
        self.deadline = deadline
        self.accepted = accepted
        super.init(loop: loop, limits: limits, receivedMessageBytes: route?.limits.requestBytes)
    }

    /// The routed method; nil when no service has that path.
    public var method: MethodInfo? {
        guard let route, !route.isUnknown else { return nil }
        return route.method
    }

    /// What the client asked for, routed or not: `/package.Service/Method`.
    public var path: String { method?.path ?? unroutedPath }

    /// The client's `x-request-id` if it is 1 to 64 characters of `[A-Za-z0-9._-]`, otherwise one made here.
    public var requestID: String {
        withNotes { notes in
            if let id = notes.requestID { return id }
            let id = sentRequestID ?? loop.kernel?.newName() ?? UUIDv7Generator.system.next().description
            notes.requestID = id
            return id
        }
    }

    /// The client has gone, reset the stream, or the deadline has passed; the handler's task is cancelled, too.
    public var isCancelled: Bool {
        state.withLock { $0.isCancelled }
    }

    /// How long the client still waits; nil when it did not say. Never negative.
    public var timeRemaining: Duration? {
        deadline.map { max(.zero, $0 - loop.time) }
    }

    /// How often the client has made this call before, and got an answer that it does not want to keep (gRFC A6,
    /// `grpc-previous-rpc-attempts`). By its own word: 0 is what nearly all say, by saying nothing.
    public var previousAttempts: Int {
        metadata.fields.first("grpc-previous-rpc-attempts").flatMap { Int($0) }.map { max(0, $0) } ?? 0
    }

    /// What an interceptor left for those behind it: with this call or, by `call.peer[Key.self]`, with all of its connection.
    public subscript<Key: CallKey>(_ key: Key.Type) -> Key.Value? {
        get { state.withLock { $0.values[key] } ?? peer[key] }
        set { state.withLock { $0.values[key] = newValue } }
    }

    /// Metadata before the first reply; what is set after that is not sent.
    public var replyMetadata: Metadata {
        get { withNotes { $0.head } }
        set { withNotes { $0.head = newValue } }
    }

    /// Metadata behind the last reply, with the status.
    public var trailers: Metadata {
        get { withNotes { $0.trailers } }
        set { withNotes { $0.trailers = newValue } }
    }

    /// How replies are packed, where they are; nil: as the server's configuration says. A client that does not take it gets them as they
    /// are. What is set after the first reply counts for nothing.
    public var compression: Compression? {
        get { withNotes { $0.compression } }
        set { withNotes { $0.compression = newValue } }
    }

    /// Whether replies are packed, in a call that packs any: nil, which is the default, packs those that are long enough.
    public var compressesReplies: Bool? {
        get { hasNotes ? withNotes { $0.packsMessages } : nil }
        set { withNotes { $0.packsMessages = newValue } }
    }

    /// Whether the request that was taken last came packed.
    public var lastRequestWasCompressed: Bool { lastWasPacked }

    /// From the first reply on it is the same.
    func settlePacking(otherwise configured: Compression) -> Compression {
        withNotes { notes in
            if let packing = notes.packing { return packing }
            let packing = accepted.allowed(notes.compression ?? configured)
            notes.packing = packing
            return packing
        }
    }

    /// False when no metadata can have been set.
    var hasNotes: Bool { isNoted.load(ordering: .acquiring) }

    private func withNotes<Result: Sendable>(_ body: (Notes) -> sending Result) -> Result {
        state.withLock { state in
            let notes = state.notes ?? Notes()
            state.notes = notes
            isNoted.store(true, ordering: .releasing)
            return body(notes)
        }
    }

    /// Ends the call from outside of its handler, whose task is cancelled; from any thread. The client gets `error`, as the interceptors word
    /// it, behind the replies that were sent. A call that is over stays as it is.
    public func end(_ error: RPCError) {}

    func cancel() {
        state.withLock { $0.isCancelled = true }
    }

    private var sentRequestID: String? {
        unsafe metadata.fields.withValue(of: "x-request-id") { value, _ in
            guard let value = unsafe value, unsafe Call.isRequestID(value) else { return nil }
            return unsafe String(decoding: value, as: UTF8.self)
        }
    }

    private static func isRequestID(_ text: UnsafeRawBufferPointer) -> Bool {
        unsafe (1...64).contains(text.count)
            && text.allSatisfy { byte in
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
public protocol CallKey: ValueKey {}
