internal import Platform
internal import Postgres
internal import Resources
internal import StandardTypes

/// Notes that a proforma or a hold is over, so that what asks for a status has it as well: who reads a single one judges by its time. A job
/// waits for each from its own commit on; done again, it finds nothing to do.
enum ExpiryJobs {
    static let queue = "expiry"

    /// The payload is the proforma's id.
    static let proforma = JobKind<StringValue>("billing.expire_proforma", queue: queue)
    /// The payload is the payment's id.
    static let hold = JobKind<StringValue>("billing.expire_hold", queue: queue)

    static func expiring(_ kind: JobKind<StringValue>, _ id: RecordID, at time: Instant) -> Job {
        var payload = StringValue()
        payload.value = id.description
        return Job(kind, payload, start: .at(unixMicroseconds: time.unixMicroseconds))
    }

    static func handlers(_ office: Office) -> [JobHandler] {
        [
            JobHandler(proforma) { payload, job in
                if let wait = try await office.expireProforma(try id(payload), job.scope) { throw JobError.snooze(wait) }
            },
            JobHandler(hold) { payload, job in
                if let wait = try await office.expireHold(try id(payload), job.scope) { throw JobError.snooze(wait) }
            },
        ]
    }

    private static func id(_ payload: StringValue) throws -> RecordID {
        guard let id = RecordID(payload.value) else { throw JobError.permanent("The payload is no id.") }
        return id
    }
}

extension Office {
    /// - Parameter scope: of the proforma's tenant.
    /// - Returns: how long to wait before this is tried again: jobs begin by the database's clock. Nil when there is nothing more to do.
    func expireProforma(_ id: RecordID, _ scope: Scope) async throws -> Swift.Duration? {
        let now = clock.now()
        return try await database.batch(scope) { batch -> (Pending<Int>, Pending<Instant?>) in
            (batch.execute(.expireProforma(id, at: now)), batch.optional(.proformaEnd(id)))
        }.1.map { .wait(from: now, to: $0) }
    }

    /// The same for a hold.
    func expireHold(_ id: RecordID, _ scope: Scope) async throws -> Swift.Duration? {
        let now = clock.now()
        return try await database.batch(scope) { batch -> (Pending<Int>, Pending<Instant?>) in
            (batch.execute(.expireHold(id, at: now)), batch.optional(.holdEnd(id)))
        }.1.map { .wait(from: now, to: $0) }
    }
}

extension Swift.Duration {
    /// A little more, since a proforma is good in its last moment.
    fileprivate static func wait(from now: Instant, to end: Instant) -> Swift.Duration {
        .microseconds(max(0, end.unixMicroseconds - now.unixMicroseconds)) + .milliseconds(1)
    }
}
