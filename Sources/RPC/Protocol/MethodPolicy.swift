/// What a .proto declares about a method beside its messages (`switchboard/options/v1/options.proto`): who may call it, how often, how long,
/// how it is repeated, what is recorded, and where it runs. Generated code carries it in ``MethodInfo/policy``; servers and clients keep it.
public struct MethodPolicy: Sendable, Hashable {
    /// Who may call.
    public enum Access: Sendable, Hashable {
        /// A caller needs all of these.
        case scopes([String])
        /// Everybody whom the connection lets in, for a reason in words.
        case `public`(reason: String)
    }

    /// Whose data the method works on.
    public enum Tenant: Sendable, Hashable {
        /// That of the one tenant that the caller's token names.
        case required
        /// The platform's own: what it does is not bounded by a tenant.
        case platform
    }

    /// How often one caller may call methods of this kind: all methods of a class draw on the same quota.
    public enum RateClass: String, Sendable, Hashable, CaseIterable {
        case read, write, send, ai, admin, ingest, probe
    }

    /// What a repetition of a call does.
    public enum Idempotency: Sendable, Hashable {
        /// The work again.
        case none
        /// Nothing: the method changes nothing.
        case readOnly
        /// Nothing, under the same key, which every call must have.
        case keyed
    }

    /// What is recorded of each call.
    public enum Audit: Sendable, Hashable {
        case none
        /// Who, which method, when, how it ended.
        case meta
        /// That, and the request without its sensitive fields.
        case full
    }

    /// Where the handler runs.
    public enum Executor: Sendable, Hashable {
        /// On the loop that read the call: it must not block, nor compute for long.
        case loop
        /// On threads beside the loops.
        case threads
    }

    public var access: Access
    public var tenant: Tenant
    public var rateClass: RateClass
    /// Units of the class's quota that one call takes, from 1.
    public var cost: Int
    /// How long a call may last whose client names no deadline; nil: the server's default.
    public var timeout: Duration?
    /// How long any call may last; nil: the server's maximum.
    public var longestTimeout: Duration?
    public var idempotency: Idempotency
    public var audit: Audit
    /// The longest request message, in bytes; nil: the server's limit.
    public var requestBytes: Int?
    /// Calls of the method that one server runs at once; nil: no bound of its own.
    public var concurrency: Int?
    /// Statements that one call may send to the database; tests hold the method to it. Nil: not declared.
    public var queries: Int?
    public var executor: Executor

    /// Everybody may call whom the connection lets in.
    public var isPublic: Bool {
        if case .public = access { true } else { false }
    }

    public init(
        _ access: Access, tenant: Tenant = .required, rateClass: RateClass = .read, cost: Int = 1, timeout: Duration? = nil,
        longestTimeout: Duration? = nil, idempotency: Idempotency = .none, audit: Audit = .none, requestBytes: Int? = nil,
        concurrency: Int? = nil, queries: Int? = nil, executor: Executor = .loop
    ) {
        self.access = access
        self.tenant = tenant
        self.rateClass = rateClass
        self.cost = cost
        self.timeout = timeout
        self.longestTimeout = longestTimeout
        self.idempotency = idempotency
        self.audit = audit
        self.requestBytes = requestBytes
        self.concurrency = concurrency
        self.queries = queries
        self.executor = executor
    }
}
