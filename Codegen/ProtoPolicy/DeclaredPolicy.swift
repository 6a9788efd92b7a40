public import Protobuf

/// What a method declares by `(switchboard.options.v1.policy)`, as it stands in its .proto: nothing is filled in.
public struct DeclaredPolicy: Sendable, Hashable {
    public enum Tenant: Int32, Sendable {
        case required = 1
        case platform = 2
    }

    public enum RateClass: Int32, Sendable, CaseIterable {
        case read = 1
        case write = 2
        case send = 3
        case ai = 4
        case admin = 5
        case ingest = 6
        case probe = 7

        /// What one caller has in a minute where nobody has raised it.
        public var unitsPerMinute: UInt32 {
            switch self {
            case .read: 600
            case .write: 120
            case .send: 30
            case .ai: 5
            case .admin: 30
            case .ingest: 100
            case .probe: 600
            }
        }
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
    public var cost: UInt32?
    public var timeout: Duration?
    public var longestTimeout: Duration?
    public var idempotency: Idempotency?
    public var audit: Audit?
    public var requestBytes: UInt32?
    public var concurrency: UInt32?
    public var queries: UInt32?
    public var executor: Executor?

    static let option = "switchboard.options.v1.policy"

    /// Nil where the method declares none, or the files of the pool do not know of the option.
    public init?(_ method: MethodDescriptorProto, in pool: DescriptorPool) {
        guard let options = method.options, !options.unknownFields.isEmpty,
            let policy = (try? DynamicMessage(options, in: pool))?["[\(Self.option)]"]?.messageValue
        else { return nil }
        func number(_ field: String) -> UInt32? { policy[field]?.unsignedValue.map { UInt32(clamping: $0) } }
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

    /// What contradicts itself or says nothing, whether a policy is demanded or not.
    public var faults: [Fault] { accessFaults + numberFaults }

    private var accessFaults: [Fault] {
        if scopes.isEmpty, !isPublic {
            return [Fault("policy", "has a policy that lets nobody call it; give it scopes, or a reason why it is public")]
        }
        if !scopes.isEmpty, isPublic { return [Fault("public", "is public and asks for scopes; it can only be one of the two")] }
        if scopes.contains(where: { $0.allSatisfy(\.isWhitespace) }) { return [Fault("scopes", "asks for a scope without a name")] }
        if Set(scopes).count < scopes.count { return [Fault("scopes", "asks for a scope twice")] }
        return []
    }

    private var numberFaults: [Fault] {
        var faults: [Fault] = []
        func expect(_ condition: Bool, _ word: String, _ sentence: String) {
            if !condition { faults.append(Fault(word, sentence)) }
        }
        expect(cost != 0, "cost", "costs nothing; write a cost of 1 or more, or none for 1")
        if let rateClass, let cost {
            let most = rateClass.unitsPerMinute
            expect(cost <= most, "cost", "costs \(cost) units where its class has \(most) in a minute; nobody could call it")
        }
        for (word, timeout) in [("timeout", timeout), ("timeout_max", longestTimeout)] {
            expect(
                timeout.map { $0 > .zero } ?? true, word, "has a \(word) that is over before it begins; write one that is longer than zero")
        }
        if let timeout, let longestTimeout {
            expect(timeout <= longestTimeout, "timeout", "has a timeout longer than its timeout_max; write the longer one as timeout_max")
        }
        expect(requestBytes != 0, "request_bytes_max", "takes no request that has a byte; write a request_bytes_max of 1 or more")
        expect(concurrency != 0, "concurrency_max", "may never run; write a concurrency_max of 1 or more")
        return faults
    }

    /// What a policy has to say where policies are demanded, and this one does not.
    var omissions: [Fault] {
        var faults: [Fault] = []
        if rateClass == nil {
            faults.append(Fault("policy", "does not say which quota its calls draw on; write rate_class: RATE_CLASS_READ, or another one"))
        }
        if idempotency == nil {
            let sentence =
                "does not say what a repetition does; write idempotency: IDEMPOTENCY_READ_ONLY, IDEMPOTENCY_KEYED or IDEMPOTENCY_NONE"
            faults.append(Fault("policy", sentence))
        }
        return faults
    }
}
