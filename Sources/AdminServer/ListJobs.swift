public import AdminAPI
internal import Crypto
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources

extension JobAdministration {
    public func listJobs(_ request: ListJobsRequest, _ call: Call) async throws -> ListJobsReply {
        var query = request
        query.pageSize = 0
        query.pageToken = ""
        let page = try await page(
            request.states, queue: request.queue, kind: request.kind, size: request.pageSize, token: request.pageToken,
            query: query.encoded(deterministic: true), call)
        var reply = ListJobsReply()
        reply.jobs = page.rows.map(\.record)
        reply.nextPageToken = page.next
        return reply
    }

    public func listDeadLetters(_ request: ListDeadLettersRequest, _ call: Call) async throws -> ListDeadLettersReply {
        var query = request
        query.pageSize = 0
        query.pageToken = ""
        let page = try await page(
            [.dead], queue: request.queue, kind: request.kind, size: request.pageSize, token: request.pageToken,
            query: Array("dead letters".utf8) + query.encoded(deterministic: true), call)
        var reply = ListDeadLettersReply()
        reply.deadLetters = try await withHistory(page.rows, limit: Limits.failuresInLists, call)
        reply.nextPageToken = page.next
        return reply
    }

    public func getJob(_ request: GetJobRequest, _ call: Call) async throws -> JobRecord {
        let id = try JobID.known(request.id)
        guard let row = try await database.batch(call, { $0.optional(.job(id), as: JobRow.self) }) else {
            throw AdminError.jobNotFound(id: request.id)
        }
        return try await withHistory([row], limit: 100, call).first ?? row.record
    }

    private struct Page {
        var rows: [JobRow]
        var next: String
    }

    private func page(
        _ states: [JobState], queue: String, kind: String, size: Int32, token: String, query: [UInt8], _ call: Call
    ) async throws -> Page {
        let pages = PageToken(key: pageKey, tenant: call[Caller.self]?.tenant ?? "", query: query)
        var last: UUIDv7?
        if !token.isEmpty {
            last = pages.open(token)
            if last == nil { throw AdminError.pageTokenInvalid }
        }
        let size = size == 0 ? Limits.pageSizeDefault : Int(size)
        // One more than the page holds tells whether there is another page.
        let rows = try await database.batch(call) {
            $0.all(.jobs(states, queue: queue, kind: kind, after: last, limit: size + 1), as: JobRow.self)
        }
        let shown = Array(rows.prefix(size))
        return Page(rows: shown, next: rows.count > size ? shown.last.map { pages.seal($0.id) } ?? "" : "")
    }

    private func withHistory(_ rows: [JobRow], limit: Int, _ call: Call) async throws -> [JobRecord] {
        if rows.isEmpty { return [] }
        let failures = try await database.batch(call) { $0.all(.failures(of: rows.map(\.id), limit: limit), as: FailureRow.self) }
        let byJob = Dictionary(grouping: failures, by: \.job)
        return rows.map { row in
            var record = row.record
            record.failures = byJob[row.id]?.map(\.failure) ?? []
            return record
        }
    }
}
