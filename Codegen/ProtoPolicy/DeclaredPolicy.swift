public import Protobuf

/// What a method declares by `(switchboard.options.v1.policy)`, as it stands in its .proto: nothing is filled in.
public struct DeclaredPolicy: Sendable, Hashable {
    public enum Tenant: Int32, Sendable {
        case required = 1
        case platform = 2
    }

    public enum RateClass: Int32, Sendable {
        case read = 1
        case write = 2
        case send = 3
        case ai = 4
        case admin = 5
        case ingest = 6
    }

    public enum Idempotency: Int32, Sendable {
        case readOnly = 1
        case keyed = 2
        case none = 3
    }

    public enum Audit: Int32, Sendable {
        case none = 1
        case meta = 2
        case full = 3
    }

    public enum Executor: Int32, Sendable {
        case loop = 1
        case threads = 2
    }

    public var scopes: [String]
    /// Why everybody may call the method; empty where that is not so.
    public var publicReason: String
    public var tenant: Tenant?
    public var rateClass: RateClass?
    public var cost: UInt32
    public var timeout: Duration?
    public var longestTimeout: Duration?
    public var idempotency: Idempotency?
    public var audit: Audit?
    /// 0: not declared, as in those below.
    public var requestBytes: UInt32
    public var concurrency: UInt32
    public var queries: UInt32
    public var executor: Executor?

    static let option = "switchboard.options.v1.policy"

    /// Nil where the method declares none, or the files of the pool do not know of the option.
    public init?(_ method: MethodDescriptorProto, in pool: DescriptorPool) {
        guard let options = method.options, !options.unknownFields.isEmpty,
            let policy = (try? DynamicMessage(options, in: pool))?["[\(Self.option)]"]?.messageValue
        else { return nil }
        func number(_ field: String) -> UInt32 { UInt32(clamping: policy[field]?.unsignedValue ?? 0) }
        func choice<Choice: RawRepresentable<Int32>>(_ field: String) -> Choice? { Choice(rawValue: policy[field]?.enumValue ?? 0) }
        scopes = policy["scopes"]?.listValue?.compactMap(\.stringValue) ?? []
        publicReason = policy["public"]?.stringValue ?? ""
        tenant = choice("tenant")
        rateClass = choice("rate_class")
        cost = number("cost")
        timeout = Self.duration(policy["timeout"])
        longestTimeout = Self.duration(policy["timeout_max"])
        idempotency = choice("idempotency")
        audit = choice("audit")
        requestBytes = number("request_bytes_max")
        concurrency = number("concurrency_max")
        queries = number("queries_max")
        executor = choice("executor")
    }

    private static func duration(_ value: DynamicValue?) -> Duration? {
        guard let message = value?.messageValue else { return nil }
        return .seconds(message["seconds"]?.signedValue ?? 0) + .nanoseconds(message["nanos"]?.signedValue ?? 0)
    }

    /// Everybody may call the method.
    public var isPublic: Bool { !publicReason.allSatisfy(\.isWhitespace) }

    /// What contradicts itself or says nothing, whether a policy is demanded or not: the first such thing, as the end of a sentence about the
    /// method, and the option's word that it is about.
    public var fault: (sentence: String, word: String)? {
        let isLimited = !scopes.isEmpty
        if !isLimited, !isPublic {
            return ("has a policy that lets nobody call it; give it scopes, or a reason why it is public", "policy")
        }
        if isLimited, isPublic { return ("is public and asks for scopes; it can only be one of the two", "public") }
        if scopes.contains(where: { $0.allSatisfy(\.isWhitespace) }) { return ("asks for a scope without a name", "scopes") }
        if Set(scopes).count < scopes.count { return ("asks for a scope twice", "scopes") }
        if let timeout, timeout <= .zero { return ("has a timeout that is over before it begins; write one of 1 ms or more", "timeout") }
        if let longestTimeout, longestTimeout <= .zero {
            return ("has a timeout_max that is over before it begins; write one of 1 ms or more", "timeout_max")
        }
        if let timeout, let longestTimeout, timeout > longestTimeout {
            return ("has a timeout that is longer than its timeout_max; write the longer one as timeout_max", "timeout")
        }
        return nil
    }
}
