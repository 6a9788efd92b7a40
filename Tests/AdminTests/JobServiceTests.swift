import AdminAPI
import Crypto
import Net
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// JobService over a socket.
@Suite struct JobServiceTests {
    @Test("pages bring every job once, the newest first, and a token opens only its own list")
    func pages() async throws {
        try await AdminWorld.with { world in
            let jobs = (0..<7).map { Job(AdminJobs.note, StringValue("\($0)"), start: $0 == 0 ? .after(.seconds(3_600)) : .now) }
            try await world.enqueue(jobs + [Job(AdminJobs.other, StringValue("x"))])
            try await world.enqueue([Job(AdminJobs.note, StringValue("y"))], tenant: "b")
            var request = ListJobsRequest()
            request.queue = "default"
            request.pageSize = 3
            var seen: [String] = []
            var tokens: [String] = []
            repeat {
                let reply = try await world.jobs.listJobs(request, world.options())
                seen += reply.jobs.map(\.id)
                request.pageToken = reply.nextPageToken
                tokens.append(reply.nextPageToken)
            } while !request.pageToken.isEmpty
            #expect(seen == jobs.reversed().map(\.id.description))
            #expect(tokens.count == 3)

            var filtered = ListJobsRequest()
            filtered.states = [.scheduled, .dead]
            #expect(try await world.jobs.listJobs(filtered, world.options()).jobs.map(\.id) == [jobs[0].id.description])
            filtered = ListJobsRequest()
            filtered.kind = "test.other"
            #expect(try await world.jobs.listJobs(filtered, world.options()).jobs.count == 1)

            request.pageToken = tokens[0]
            #expect(await refusal { try await world.jobs.listJobs(request, world.options("b")) }?.reason == "PAGE_TOKEN_INVALID")
            request.queue = ""
            #expect(await refusal { try await world.jobs.listJobs(request, world.options()) }?.reason == "PAGE_TOKEN_INVALID")
            request.pageToken = "A" + tokens[0].dropFirst()
            #expect(await refusal { try await world.jobs.listJobs(request, world.options()) }?.reason == "PAGE_TOKEN_INVALID")
        }
    }

    @Test("what the .proto does not allow is refused")
    func rules() async throws {
        try await AdminWorld.with { world in
            var list = ListJobsRequest()
            list.pageSize = 101
            #expect(await refusal { try await world.jobs.listJobs(list, world.options()) }?.reason == "FIELD_VIOLATION")
            list.pageSize = 0
            list.states = [.unspecified]
            #expect(await refusal { try await world.jobs.listJobs(list, world.options()) }?.reason == "FIELD_VIOLATION")
            #expect(await refusal { try await world.jobs.getJob(GetJobRequest(), world.options()) }?.reason == "FIELD_VIOLATION")
            #expect(await refusal { try await world.jobs.redrive(RedriveRequest(), world.options()) }?.reason == "FIELD_VIOLATION")
            var discard = DiscardDeadLetterRequest()
            discard.id = UUIDv7Generator.system.next().description
            #expect(await refusal { try await world.jobs.discardDeadLetter(discard, world.options()) }?.reason == "FIELD_VIOLATION")
        }
    }

    @Test("R8 · another tenant's job is one that does not exist, whatever is asked")
    func isolation() async throws {
        try await AdminWorld.with { world in
            let job = Job(AdminJobs.note, StringValue("x"))
            try await world.enqueue([job])
            let id = job.id.description
            var retry = RetryJobRequest()
            retry.id = id
            var cancel = CancelJobRequest()
            cancel.id = id
            var redrive = RedriveRequest()
            redrive.ids = [id]
            var discard = DiscardDeadLetterRequest()
            discard.id = id
            discard.reason = "why not"
            let others = world.options("b")
            #expect(await refusal { try await world.get(job.id, tenant: "b") }?.code == .notFound)
            #expect(await refusal { try await world.jobs.retryJob(retry, others) }?.code == .notFound)
            #expect(await refusal { try await world.jobs.cancelJob(cancel, others) }?.code == .notFound)
            #expect(await refusal { try await world.jobs.discardDeadLetter(discard, others) }?.code == .notFound)
            #expect(try await world.jobs.redrive(redrive, others).missingIDs == [id])
            #expect(try await world.jobs.listJobs(ListJobsRequest(), others).jobs == [])
            #expect(try await world.jobs.getQueueStatistics(GetQueueStatisticsRequest(), others).queues == [])
            #expect(try await world.get(job.id).state == .ready)
        }
    }

    @Test("a job that waits can be begun at once, or cancelled, with a reason that stays")
    func waiting() async throws {
        try await AdminWorld.with { world in
            let job = Job(AdminJobs.note, StringValue("x"), start: .after(.seconds(3_600)))
            try await world.enqueue([job])
            var retry = RetryJobRequest()
            retry.id = job.id.description
            #expect(try await world.jobs.retryJob(retry, world.options()).state == .ready)
            #expect(await refusal { try await world.jobs.retryJob(retry, world.options()) }?.reason == "JOB_STATE_UNFIT")
            var cancel = CancelJobRequest()
            cancel.id = job.id.description
            cancel.reason = "not wanted"
            #expect(try await world.jobs.cancelJob(cancel, world.options()).state == .cancelled)
            let again = try await world.jobs.cancelJob(cancel, world.options())
            #expect((again.state, again.endReason) == (.cancelled, "not wanted"))
            #expect(again.hasFinished)
        }
    }

    @Test("workers are told of cancelled jobs that run, and of nothing else")
    func told() async throws {
        try await AdminWorld.with { world in
            let job = Job(AdminJobs.note, StringValue("x"))
            try await world.enqueue([job])
            var news = world.database.notifications(on: [.jobCancellations]).makeAsyncIterator()
            #expect(await news.next() == .mayHaveMissed)
            var cancel = CancelJobRequest()
            cancel.id = UUIDv7Generator.system.next().description
            cancel.reason = "not wanted"
            #expect(await refusal { try await world.jobs.cancelJob(cancel, world.options()) }?.code == .notFound)
            var operation = CancelOperationRequest()
            operation.name = "operations/\(cancel.id)"
            #expect(await refusal { try await world.operations.cancelOperation(operation, world.options()) }?.code == .notFound)
            cancel.id = job.id.description
            #expect(try await world.jobs.cancelJob(cancel, world.options()).state == .cancelled)
            try await world.database.batch(world.scope()) { $0.enqueue(.notify(.jobCancellations, payload: "the first")) }
            #expect(await news.next() == .notified(.jobCancellations, payload: "the first"))

            let running = Job(AdminJobs.note, StringValue("y"))
            try await world.enqueue([running])
            try await world.database.batch(world.scope()) {
                $0.enqueue("UPDATE job SET state = 'running', worker_id = \(running.id) WHERE id = \(running.id)")
            }
            cancel.id = running.id.description
            #expect(try await world.jobs.cancelJob(cancel, world.options()).cancelling)
            #expect(await news.next() == .notified(.jobCancellations, payload: ""))
        }
    }

    @Test("a running job's task is cancelled when somebody cancels the job")
    func running() async throws {
        let begun = Bell(on: try EventLoop(name: "test"))
        try await AdminWorld.with([
            JobHandler(AdminJobs.note) { _, job in
                begun.ring()
                while true { try await Task.sleep(for: .seconds(100_000)) }
            }
        ]) { world in
            let job = Job(AdminJobs.note, StringValue("x"))
            try await world.enqueue([job])
            await begun.wait()
            var cancel = CancelJobRequest()
            cancel.id = job.id.description
            #expect(try await world.jobs.cancelJob(cancel, world.options()).cancelling)
            let ended = try await world.wait(for: job.id, .cancelled)
            #expect(!ended.cancelling || ended.state == .cancelled)
        }
    }

    @Test("dead letters have their history, are redriven with it, and given up with a reason")
    func deadLetters() async throws {
        try await AdminWorld.with([JobHandler(AdminJobs.fatal) { note, _ in throw JobError.permanent("no \(note.value)") }]) { world in
            let jobs = [Job(AdminJobs.fatal, StringValue("bread")), Job(AdminJobs.fatal, StringValue("wine"))]
            try await world.enqueue(jobs)
            for job in jobs { _ = try await world.wait(for: job.id, .dead) }
            let letters = try await world.jobs.listDeadLetters(ListDeadLettersRequest(), world.options()).deadLetters
            #expect(letters.map(\.id) == jobs.reversed().map(\.id.description))
            #expect(letters.map { $0.failures.map(\.message) } == [["no wine"], ["no bread"]])
            #expect(letters.allSatisfy { $0.failures.map(\.class) == ["permanent"] })

            var redrive = RedriveRequest()
            let unknown = UUIDv7Generator.system.next().description
            redrive.ids = [jobs[0].id.description, unknown]
            let reply = try await world.jobs.redrive(redrive, world.options())
            #expect((reply.redrivenIDs, reply.missingIDs) == ([jobs[0].id.description], [unknown]))
            var history: [JobFailure] = []
            let deadline = MonotonicTime.now() + .seconds(120)
            while history.count < 2, .now() < deadline { history = try await world.get(jobs[0].id).failures }
            #expect(history.map(\.message) == ["no bread", "no bread"])

            var discard = DiscardDeadLetterRequest()
            discard.id = jobs[1].id.description
            discard.reason = "out of stock"
            _ = try await world.jobs.discardDeadLetter(discard, world.options())
            let discarded = try await world.get(jobs[1].id)
            #expect((discarded.state, discarded.endReason) == (.cancelled, "out of stock"))
            #expect(await refusal { try await world.jobs.discardDeadLetter(discard, world.options()) }?.reason == "JOB_STATE_UNFIT")
        }
    }

    @Test("a dead letter whose unique key is taken again is not redriven")
    func redriveUnique() async throws {
        try await AdminWorld.with { world in
            let dead = Job(AdminJobs.note, StringValue("x"), unique: .skip("k"))
            try await world.enqueue([dead])
            try await world.database.batch(world.scope()) { $0.enqueue("UPDATE job SET state = 'dead', finished_at = now()") }
            try await world.enqueue([Job(AdminJobs.note, StringValue("y"), unique: .skip("k"))])
            var redrive = RedriveRequest()
            redrive.ids = [dead.id.description]
            #expect(await refusal { try await world.jobs.redrive(redrive, world.options()) }?.reason == "JOB_UNIQUE")
            #expect(try await world.get(dead.id).state == .dead)
        }
    }

    @Test("statistics count what has not ended well, queue by queue")
    func statistics() async throws {
        try await AdminWorld.with { world in
            try await world.enqueue([
                Job(AdminJobs.note, StringValue("")), Job(AdminJobs.note, StringValue("")),
                Job(AdminJobs.note, StringValue(""), start: .after(.seconds(60))), Job(AdminJobs.other, StringValue("")),
            ])
            let queues = try await world.jobs.getQueueStatistics(GetQueueStatisticsRequest(), world.options()).queues
            #expect(queues.map(\.queue) == ["default", "other"])
            #expect(queues.map(\.ready) == [2, 1])
            #expect(queues.map(\.scheduled) == [1, 0])
            #expect(queues.allSatisfy { $0.oldestReady != nil && $0.running == 0 && $0.dead == 0 })
        }
    }
}

extension JobRecord {
    fileprivate var hasFinished: Bool { finishedAt != nil }
}
