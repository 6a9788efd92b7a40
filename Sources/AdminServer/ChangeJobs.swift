public import AdminAPI
internal import Crypto
internal import Platform
internal import Postgres
public import RPC
public import StandardTypes

extension JobAdministration {
    public func retryJob(_ request: RetryJobRequest, _ call: Call) async throws -> JobRecord {
        let id = try JobID.known(request.id)
        let (changed, found) = try await database.batch(call) { batch in
            (batch.optional(.beginJobNow(id), as: JobRow.self), batch.optional(.job(id), as: JobRow.self))
        }
        if let changed {
            await wakeWorkers(of: [changed.record.queue], call)
            return changed.record
        }
        throw refusal(of: found, request.id, wanted: "scheduled")
    }

    public func cancelJob(_ request: CancelJobRequest, _ call: Call) async throws -> JobRecord {
        let id = try JobID.known(request.id)
        let (changed, found) = try await database.batch(call) { batch in
            (batch.optional(.cancelJob(id, reason: request.reason), as: JobRow.self), batch.optional(.job(id), as: JobRow.self))
        }
        if let changed { return changed.record }
        if let found, found.record.state == .cancelled { return found.record }
        throw refusal(of: found, request.id, wanted: "not at its end")
    }

    public func redrive(_ request: RedriveRequest, _ call: Call) async throws -> RedriveReply {
        let ids = request.ids.compactMap { UUIDv7($0) }
        let redriven: [RedrivenRow]
        do throws(PostgresError) {
            redriven = try await database.batch(call) { $0.all(.redriveJobs(ids), as: RedrivenRow.self) }
        } catch {
            guard error.kind == .uniqueViolation, error.constraint == "job_unique" else { throw error }
            throw AdminError.uniqueKeyTaken(id: request.ids.joined(separator: " "))
        }
        await wakeWorkers(of: Set(redriven.map(\.queue)), call)
        let names = Set(redriven.map(\.id))
        var reply = RedriveReply()
        for text in request.ids {
            if let id = UUIDv7(text), names.contains(id) { reply.redrivenIDs.append(text) } else { reply.missingIDs.append(text) }
        }
        return reply
    }

    public func discardDeadLetter(_ request: DiscardDeadLetterRequest, _ call: Call) async throws -> Empty {
        let id = try JobID.known(request.id)
        let (changed, found) = try await database.batch(call) { batch in
            (batch.optional(.discardJob(id, reason: request.reason), as: Int.self), batch.optional(.job(id), as: JobRow.self))
        }
        if changed == nil { throw refusal(of: found, request.id, wanted: "dead") }
        return Empty()
    }

    public func getQueueStatistics(_ request: GetQueueStatisticsRequest, _ call: Call) async throws -> GetQueueStatisticsReply {
        var reply = GetQueueStatisticsReply()
        reply.queues = try await database.batch(call) {
            $0.all(.queueStatistics(limit: Limits.countedJobs), as: QueueRow.self)
        }.map(\.statistics)
        return reply
    }

    private func refusal(of row: JobRow?, _ id: String, wanted: String) -> AdminError {
        guard let row else { return .jobNotFound(id: id) }
        return .unfit(id: id, state: row.record.state.word ?? "unknown", wanted: wanted)
    }

    /// What is not heard costs its queue a poll.
    private func wakeWorkers(of queues: Set<String>, _ call: Call) async {
        try? await database.batch(Scope(call)) { batch in
            for queue in queues { batch.enqueue(.notify(.jobs, payload: queue)) }
        }
    }
}

private struct RedrivenRow: RowDecodable {
    var id: UUIDv7
    var queue: String

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        queue = try row["queue"]
    }
}

private struct QueueRow: RowDecodable {
    var statistics = QueueStatistics()

    init(row: Row) throws(PostgresError) {
        statistics.queue = try row["queue"]
        statistics.scheduled = try row["scheduled"]
        statistics.ready = try row["ready"]
        statistics.running = try row["running"]
        statistics.dead = try row["dead"]
        statistics.oldestReady = (try row["oldest_ready"] as Timestamptz?).map { Timestamp($0) }
    }
}
