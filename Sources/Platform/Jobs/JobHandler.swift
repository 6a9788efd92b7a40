public import Protobuf

/// What is done for jobs of one kind. When it returns, the job is completed, unless it has completed it itself with what it wrote:
///
///     JobHandler(OutboundJobs.sendEmail) { email, job in
///         let receipt = try await provider.send(email, idempotencyKey: job.id.description)
///         try await job.complete { batch in batch.enqueue(.noteReceipt(receipt)) }
///     }
///
/// When it throws, the error's class decides: again after a pause, later, or never. Its task is cancelled at the kind's timeout, when somebody
/// cancels the job, when the lease is lost, and when the server stops.
public struct JobHandler: Sendable {
    let kind: String
    let queue: String
    let retries: JobRetries
    let timeout: Duration
    let isHeavy: Bool
    let classify: @Sendable (any Error) -> JobErrorClass
    let run: @Sendable ([UInt8], JobRun) async throws -> Void

    public init<Payload: Message>(
        _ kind: JobKind<Payload>, classify: @escaping @Sendable (any Error) -> JobErrorClass = JobErrorClass.standard,
        _ body: @escaping @Sendable (Payload, JobRun) async throws -> Void
    ) {
        self.kind = kind.name
        queue = kind.queue
        retries = kind.retries
        timeout = kind.timeout
        isHeavy = kind.isHeavy
        self.classify = classify
        run = { payload, job in try await body(try Payload(decoding: payload), job) }
    }
}
