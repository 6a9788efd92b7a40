public import Crypto
public import Protobuf

/// A job to enqueue: `batch.enqueue(Job(OutboundJobs.sendEmail, message))`. It becomes known to workers when the transaction is committed, and
/// never when that is rolled back. It belongs to the tenant of the transaction's scope.
public struct Job: Sendable {
    /// When it may begin, by the database's clock.
    public enum Start: Sendable, Hashable {
        case now
        case after(Duration)
        /// Microseconds since 1970.
        case at(unixMicroseconds: Int64)
    }

    /// What happens to a job when one of the same kind and key has not ended yet.
    public enum Uniqueness: Sendable, Hashable {
        /// The first one stands; this one is dropped.
        case skip(String)
        /// This one's payload, start and priority replace those of one that waits, whose attempts count no more. One that runs already is
        /// left alone, since what it was asked for may be older than the change, and this one is another job; but when it fails, it is
        /// cancelled: a later attempt would undo what this one does.
        case replace(String)

        var key: String {
            switch self {
            case .skip(let key), .replace(let key): key
            }
        }
    }

    public let id: UUIDv7
    let kind: String
    let queue: String
    let payload: [UInt8]
    let priority: JobPriority
    let attempts: Int
    let keptSeconds: Int64?
    let start: Start
    let uniqueness: Uniqueness?
    let sequence: String?

    /// - Parameters:
    ///   - payload: at most 1 MiB encoded, or the database refuses it: what is larger belongs into a table.
    ///   - id: made up when it is not given.
    ///   - priority: the kind's when it is not given.
    ///   - unique: a key of at most 255 characters.
    ///   - sequence: jobs of the tenant and the queue with the same key, of at most 255 characters, run one after the other in the order of
    ///     their ids: a failed one holds up those behind it until it succeeds or is dead.
    public init<Payload: Message>(
        _ kind: JobKind<Payload>, _ payload: Payload, id: UUIDv7 = UUIDv7Generator.system.next(), start: Start = .now,
        priority: JobPriority? = nil, unique: Uniqueness? = nil, sequence: String? = nil
    ) {
        self.id = id
        self.kind = kind.name
        queue = kind.queue
        self.payload = payload.encoded()
        self.priority = priority ?? kind.priority
        attempts = kind.retries.attempts
        keptSeconds = kind.kept.map { max(1, $0.components.seconds) }
        self.start = start
        uniqueness = unique
        self.sequence = sequence
    }
}
