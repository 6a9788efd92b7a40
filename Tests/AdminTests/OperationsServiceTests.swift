import AdminAPI
import AdminServer
import Crypto
import Net
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import Platform

/// OperationsService over a socket: jobs of kinds that are kept.
@Suite struct OperationsServiceTests {
    private static func get(_ name: String) -> GetOperationRequest {
        var request = GetOperationRequest()
        request.name = name
        return request
    }

    private static func wait(_ name: String, seconds: Int64? = nil) -> WaitOperationRequest {
        var request = WaitOperationRequest()
        request.name = name
        if let seconds {
            request.timeout = StandardTypes.Duration()
            request.timeout?.seconds = seconds
        }
        return request
    }

    @Test("an operation shows how far it is, and a wait ends with its response")
    func succeeds() async throws {
        let loop = try EventLoop(name: "test")
        let gate = Bell(on: loop)
        let reported = Bell(on: loop)
        try await AdminWorld.with([
            JobHandler(AdminJobs.long) { note, job in
                try await job.report(StringValue("half of \(note.value)"))
                reported.ring()
                await gate.wait()
                job.reply(StringValue("all of \(note.value)"))
            }
        ]) { world in
            let job = Job(AdminJobs.long, StringValue("it"))
            let begun = Operations.begun(job.id)
            #expect(!begun.done)
            try await world.enqueue([job])
            await reported.wait()
            let half = try await world.operations.getOperation(Self.get(begun.name), world.options())
            #expect(half.name == begun.name)
            #expect((half.done, half.metadata?.typeURL) == (false, "type.googleapis.com/google.protobuf.StringValue"))
            #expect(try StringValue(decoding: half.metadata?.value ?? []).value == "half of it")
            // A wait of no time is a look.
            #expect(try await world.operations.waitOperation(Self.wait(begun.name, seconds: 0), world.options()).done == false)

            async let waited = world.operations.waitOperation(Self.wait(begun.name), world.options())
            gate.ring()
            let ended = try await waited
            #expect(ended.done)
            guard case .response(let response) = ended.result else {
                Issue.record("no response: \(ended)")
                return
            }
            #expect(try StringValue(decoding: response.value).value == "all of it")
            #expect(response.typeURL == "type.googleapis.com/google.protobuf.StringValue")
        }
    }

    /// What no caller of an operation may read.
    private struct Broken: Error {
        let row = "Key (email)=(ada@example.com)"
    }

    @Test("a failed operation ends with its error, a cancelled one with CANCELLED")
    func fails() async throws {
        let begun = Bell(on: try EventLoop(name: "test"))
        try await AdminWorld.with([
            JobHandler(AdminJobs.long) { note, _ in
                if note.value == "fail" { throw JobError.permanent("It cannot be done.") }
                if note.value == "break" { throw Broken() }
                begun.ring()
                while true { try await Task.sleep(for: .seconds(100_000)) }
            }
        ]) { world in
            let breaking = Job(AdminJobs.long, StringValue("break"))
            try await world.enqueue([breaking])
            let broken = try await world.operations.waitOperation(Self.wait("operations/\(breaking.id)"), world.options())
            guard case .error(let status) = broken.result else {
                Issue.record("no error: \(broken)")
                return
            }
            #expect(status.message == "Something went wrong in the server. Its log knows more under the job's id.")

            let failing = Job(AdminJobs.long, StringValue("fail"))
            let hanging = Job(AdminJobs.long, StringValue("hang"))
            try await world.enqueue([failing, hanging])
            let failed = try await world.operations.waitOperation(Self.wait("operations/\(failing.id)"), world.options())
            guard case .error(let status) = failed.result else {
                Issue.record("no error: \(failed)")
                return
            }
            #expect((status.code, status.message) == (13, "It cannot be done."))

            await begun.wait()
            var cancel = CancelOperationRequest()
            cancel.name = "operations/\(hanging.id)"
            _ = try await world.operations.cancelOperation(cancel, world.options())
            let cancelled = try await world.operations.waitOperation(Self.wait(cancel.name), world.options())
            guard case .error(let status) = cancelled.result else {
                Issue.record("not cancelled: \(cancelled)")
                return
            }
            #expect(status.code == 1)
        }
    }

    @Test("R8 · what is nobody's operation, or another tenant's, is not found; a wrong name or time is refused")
    func refused() async throws {
        try await AdminWorld.with { world in
            let job = Job(AdminJobs.note, StringValue("no operation"))
            let operation = Job(AdminJobs.long, StringValue("a's"))
            try await world.enqueue([job, operation])
            let name = "operations/\(operation.id)"
            #expect(
                await refusal { try await world.operations.getOperation(Self.get("operations/\(job.id)"), world.options()) }?.code
                    == .notFound)
            #expect(await refusal { try await world.operations.getOperation(Self.get(name), world.options("b")) }?.code == .notFound)
            var cancel = CancelOperationRequest()
            cancel.name = name
            #expect(await refusal { try await world.operations.cancelOperation(cancel, world.options("b")) }?.code == .notFound)
            #expect(try await world.get(operation.id).state == .ready)
            #expect(
                await refusal { try await world.operations.getOperation(Self.get("operations/x"), world.options()) }?.reason
                    == "FIELD_VIOLATION")
            #expect(
                await refusal { try await world.operations.waitOperation(Self.wait(name, seconds: 26), world.options()) }?.reason
                    == "FIELD_VIOLATION")
        }
    }
}
