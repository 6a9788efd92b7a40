public import Crypto
internal import Postgres
public import RPC
internal import Synchronization

/// Work that a job does in somebody's name, by a grant whose id its payload carries:
///
///     JobHandler(Campaigns.run) { run, job in
///         try await granted.perform(run.grant, job) { credentials in
///             try await leads.listLeads(request, CallOptions(credentials: credentials))
///         }
///     }
public struct GrantedWork: Sendable {
    private let desk: TokenDesk
    private let watch: GrantWatch
    private let service: String
    private let certificateDigest: [UInt8]

    /// - Parameters:
    ///   - service: who works, as its client certificate says.
    ///   - certificateDigest: SHA-256 of that certificate: what its tokens are bound to.
    public init(_ desk: TokenDesk, _ watch: GrantWatch, service: String, certificateDigest: [UInt8]) {
        self.desk = desk
        self.watch = watch
        self.service = service
        self.certificateDigest = certificateDigest
    }

    /// Runs `work` with credentials that renew themselves under the grant. When that ends or is revoked, `work`'s task is cancelled within
    /// seconds, and the job fails for good. A token that cannot be made just now, without a database or a key, is a failure like others: the
    /// job is tried again.
    public func perform<Value: Sendable>(
        _ grant: UUIDv7, _ job: JobRun, _ work: @escaping @Sendable (_ credentials: RenewedCredentials) async throws -> Value
    ) async throws -> Value {
        let credentials = RenewedCredentials.renewed {
            let token = try await token(grant, job)
            return .init(Metadata([("authorization", "Bearer \(token.text)")]), lasting: .seconds(token.lifetimeSeconds))
        }
        // Before anything is done: a grant that has ended by now lets nothing begin.
        do {
            _ = try await credentials.fetch()
        } catch let refusal as TokenRefusal {
            if refusal.mayPass { throw refusal }
            throw JobError.permanent(refusal.rpcError.message)
        }
        let isEnded = Mutex(false)
        let task = Task { try await work(credentials) }
        let held = watch.hold(grant, tenant: job.tenant) {
            isEnded.withLock { $0 = true }
            task.cancel()
        }
        defer { watch.release(held) }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            if isEnded.withLock({ $0 }) { throw JobError.permanent("The grant that the job works under has ended or was revoked.") }
            throw error
        }
    }

    private func token(_ grant: UUIDv7, _ job: JobRun) async throws -> IssuedToken {
        try await desk.exchange(
            .grant(grant), Delegation.Wish(tenant: job.tenant), by: service, certificateDigest: certificateDigest, job.scope)
    }
}
