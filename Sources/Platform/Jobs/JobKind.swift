public import Protobuf

/// A kind of work: its name, the message that says what is to be done, and how it is run. Declared once, by the service that owns it:
///
///     enum OutboundJobs {
///         static let sendEmail = JobKind<SendEmail>("outbound.send_email", queue: "outbound", timeout: .seconds(20))
///     }
public struct JobKind<Payload: Message>: Sendable {
    /// 1 to 64 lower-case letters, digits, `_`, `-` and `.`. It stays in the database: a kind keeps its name for ever.
    public let name: String
    public let queue: String
    public let priority: JobPriority
    public let retries: JobRetries
    /// How long one attempt may take; then its task is cancelled, and the attempt has failed.
    public let timeout: Duration
    /// It computes for long, or blocks: its handler runs on threads beside the event loops.
    public let isHeavy: Bool
    /// How long a job stays to be looked at after it has succeeded; nil removes it at once. Long-running operations need some time.
    public let kept: Duration?

    public init(
        _ name: String, queue: String = JobQueue.defaultName, priority: JobPriority = .normal, retries: JobRetries = .standard,
        timeout: Duration = .seconds(60), isHeavy: Bool = false, kept: Duration? = nil
    ) {
        self.name = name
        self.queue = queue
        self.priority = priority
        self.retries = retries
        self.timeout = timeout
        self.isHeavy = isHeavy
        self.kept = kept
    }
}

/// How urgent a job is among those of its tenant in its queue. A step is worth a minute of waiting: what waits that much longer comes first
/// all the same, so that nothing waits for ever.
public enum JobPriority: Int16, Sendable, CaseIterable {
    case urgent = 0
    case high = 2
    case normal = 4
    case low = 6
    case background = 9
}

/// A queue, and how much of it this process takes.
public struct JobQueue: Sendable, Hashable {
    public static let defaultName = "default"
    public static let defaultConcurrency = 32

    /// The queues that some handlers are for, as a server works on them unless its configuration says otherwise.
    public static func all(for handlers: [JobHandler]) -> [JobQueue] {
        Set(handlers.map(\.queue)).sorted().map { JobQueue($0) }
    }

    /// 1 to 64 lower-case letters, digits, `_`, `-` and `.`.
    public var name: String
    /// Jobs that this process runs at once.
    public var concurrency: Int
    /// Jobs that may run at once in all processes together; nil is no bound.
    public var cap: Int?
    /// The same for each tenant.
    public var tenantCap: Int?

    public init(
        _ name: String = JobQueue.defaultName, concurrency: Int = JobQueue.defaultConcurrency, cap: Int? = nil, tenantCap: Int? = nil
    ) {
        self.name = name
        self.concurrency = concurrency
        self.cap = cap
        self.tenantCap = tenantCap
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// Whose jobs are those that no tenant asked for: purges, schedules of the platform.
public enum PlatformTenant {
    /// No token can name it: a tenant is a DNS label.
    public static let name = "_platform"
}
