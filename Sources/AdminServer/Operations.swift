public import AdminAPI
public import Crypto
internal import Net
internal import Platform
public import Postgres
internal import Protobuf
public import RPC
internal import StandardTypes

/// The operations service: long-running operations are jobs of kinds that are kept, under the name `operations/` and the job's id.
public struct Operations: OperationsService {
    let database: Database

    /// - Parameter database: one whose schema has ``Platform/PlatformSchema/migrations``.
    public init(database: Database) {
        self.database = database
    }

    /// The operation that a job is, for the method that enqueues it: it has just begun.
    public static func begun(_ job: UUIDv7) -> Operation {
        var operation = Operation()
        operation.name = "operations/\(job)"
        return operation
    }
}

extension Operations {
    public func getOperation(_ request: GetOperationRequest, _ call: Call) async throws -> Operation {
        try await operation(request.name, call)
    }

    public func waitOperation(_ request: WaitOperationRequest, _ call: Call) async throws -> Operation {
        var longest = try Self.longest(request.timeout)
        if let deadline = call.deadline { longest = min(longest, deadline - .now() - Limits.answerMargin) }
        let end = MonotonicTime.now() + max(.zero, longest)
        var pause = Limits.waitPauses.first
        while true {
            let operation = try await operation(request.name, call)
            let now = MonotonicTime.now()
            if operation.done || now >= end { return operation }
            try await Task.sleep(for: min(pause, end - now))
            pause = min(pause * 2, Limits.waitPauses.longest)
        }
    }

    public func cancelOperation(_ request: CancelOperationRequest, _ call: Call) async throws -> Operation {
        let id = try Self.id(of: request.name)
        try await database.batch(Scope(call)) { $0.enqueue(.cancelOperation(id)) }
        return try await operation(request.name, call)
    }

    private func operation(_ name: String, _ call: Call) async throws -> Operation {
        let id = try Self.id(of: name)
        guard let row = try await database.batch(call, { $0.optional(.operation(id), as: OperationRow.self) }) else {
            throw AdminError.operationNotFound(name: name)
        }
        return row.operation(name)
    }

    private static func id(of name: String) throws(AdminError) -> UUIDv7 {
        guard let id = UUIDv7(String(name.dropFirst("operations/".count))) else { throw .operationNotFound(name: name) }
        return id
    }

    private static func longest(_ timeout: StandardTypes.Duration?) throws(AdminError) -> Swift.Duration {
        guard let timeout else { return Limits.longestWait }
        guard (0...Limits.longestWait.components.seconds).contains(timeout.seconds), (0..<1_000_000_000).contains(timeout.nanos) else {
            throw .invalid(field: "timeout", "It is from 0s to \(Limits.longestWait.components.seconds)s.")
        }
        return min(.seconds(timeout.seconds) + .nanoseconds(timeout.nanos), Limits.longestWait)
    }
}

/// A job as an operation.
struct OperationRow: RowDecodable {
    var state: String
    var metadata: StandardTypes.`Any`?
    var response: StandardTypes.`Any`?
    var failure: String?

    init(row: Row) throws(PostgresError) {
        state = try row["state"]
        metadata = StandardTypes.`Any`(type: try row["progress_type"], bytes: try row["progress"])
        response = StandardTypes.`Any`(type: try row["result_type"], bytes: try row["result"])
        failure = try row["failure"]
    }

    func operation(_ name: String) -> Operation {
        var operation = Operation()
        operation.name = name
        operation.metadata = metadata
        switch state {
        case "done":
            operation.done = true
            operation.result = .response(response ?? StandardTypes.`Any`(Empty()))
        case "dead":
            operation.done = true
            operation.result = .error(Self.status(.internal, failure ?? "The operation has failed."))
        case "cancelled":
            operation.done = true
            operation.result = .error(Self.status(.cancelled, "The operation was cancelled."))
        default: break
        }
        return operation
    }

    private static func status(_ code: StatusCode, _ message: String) -> Status {
        var status = Status()
        status.code = Int32(code.rawValue)
        status.message = message
        return status
    }
}

extension StandardTypes.`Any` {
    fileprivate init?(type: String?, bytes: [UInt8]?) {
        guard let type, let bytes else { return nil }
        self.init()
        typeURL = "type.googleapis.com/\(type)"
        value = bytes
    }

    fileprivate init(_ message: some Message) {
        self.init()
        typeURL = "type.googleapis.com/\(Swift.type(of: message).fullName)"
        value = message.encoded()
    }
}

extension SQL {
    /// Only of kinds that are kept: other jobs are nobody's operation.
    static func operation(_ id: UUIDv7) -> SQL {
        """
        SELECT state, progress_type, progress, result_type, result, (
            SELECT message FROM job_error WHERE tenant_id = current_tenant() AND job_id = job.id ORDER BY fence DESC LIMIT 1
        ) AS failure
        FROM job WHERE tenant_id = current_tenant() AND id = \(id) AND kept_seconds IS NOT NULL
        """
    }

    static func cancelOperation(_ id: UUIDv7) -> SQL {
        """
        UPDATE job SET
            state = CASE WHEN state = 'running' THEN 'running' ELSE 'cancelled' END,
            is_cancelling = state = 'running',
            finished_at = CASE WHEN state <> 'running' THEN now() END,
            expires_at = CASE WHEN state <> 'running' THEN now() + interval '7 days' END
        WHERE tenant_id = current_tenant() AND id = \(id) AND kept_seconds IS NOT NULL
            AND CASE WHEN state IN ('scheduled', 'ready', 'running') THEN true END
        RETURNING CASE WHEN is_cancelling THEN pg_notify(\(NotificationChannel.jobCancellations.name), '') IS NOT NULL END AS is_told
        """
    }
}
