import AdminAPI
import Crypto
import StandardTypes
import Testing

@testable import AdminServer
@testable import Platform
@testable import Postgres
@testable import Senders

/// Plans that are made while tables are empty, and kept: what is about one row has to go by its key, and what lists by the index of its order,
/// since nothing says then which index will be large.
@Suite struct JobPlanTests {
    private struct Case: Sendable, CustomStringConvertible {
        var name: String
        var statement: SQL
        /// Of the table that it is about.
        var indexes: Set<String>
        var description: String { name }
    }

    private static let cases: [Case] = {
        let id = UUIDv7Generator.system.next()
        let hold = JobHold(worker: id, tenant: "a", id: id, fence: 1)
        func verdict(_ next: JobVerdict.Next) -> JobVerdict {
            var verdict = JobVerdict(
                CancellationError(), as: .permanent, isTimeout: false, attempt: 1, allowed: 1, retries: JobRetries(attempts: 1), random: 0)
            verdict.next = next
            return verdict
        }
        let key: Set<String> = ["job_key"]
        let list: Set<String> = ["job_in_state"]
        let time = Timestamptz(unixMicroseconds: 0)
        return [
            Case(name: "job", statement: .job(id), indexes: key),
            Case(name: "operation", statement: .operation(id), indexes: key.union(["job_error_key"])),
            Case(name: "beginJobNow", statement: .beginJobNow(id), indexes: key),
            Case(name: "cancelJob", statement: .cancelJob(id, reason: ""), indexes: key),
            Case(name: "cancelOperation", statement: .cancelOperation(id), indexes: key),
            Case(name: "discardJob", statement: .discardJob(id, reason: ""), indexes: key),
            Case(name: "failJob again", statement: .failJob(hold, verdict(.again(after: .seconds(1))), shift: 0), indexes: key),
            Case(name: "failJob later", statement: .failJob(hold, verdict(.later(after: .seconds(1))), shift: 0), indexes: key),
            Case(name: "noteProgress", statement: .noteProgress(hold, JobReply(StringValue())), indexes: key),
            Case(name: "failures", statement: .failures(of: [id], limit: 5), indexes: ["job_error_key"]),
            Case(name: "jobs", statement: .jobs([], queue: "", kind: "", after: nil, limit: 51), indexes: key),
            Case(name: "jobs dead", statement: .jobs([.dead], queue: "", kind: "", after: nil, limit: 51), indexes: list),
            Case(
                name: "jobs dead or running", statement: .jobs([.dead, .running], queue: "", kind: "", after: id, limit: 51), indexes: list),
            Case(name: "deliveries", statement: .deliveries(DeliveryQuery(), after: id, limit: 51), indexes: ["delivery_key"]),
            Case(
                name: "deliveries unknown", statement: .deliveries(DeliveryQuery(state: .unknown), after: nil, limit: 51),
                indexes: ["delivery_by_state"]),
            Case(
                name: "deliveries to one", statement: .deliveries(DeliveryQuery(recipient: "a"), after: nil, limit: 51),
                indexes: ["delivery_by_recipient"]),
            Case(
                name: "endDelivery", statement: .endDelivery(id, attempt: 1, DeliveryEnd(.accepted(providerID: nil)), now: time),
                indexes: ["delivery_key", "delivery_by_state"]),
        ]
    }()

    @Test("R13 · R34 · one row by its key, a list by the index of its order, also by plans that were made without rows")
    func plans() async throws {
        let world = try await SchemaWorld()
        try world.catalogue.executeScript(
            "SELECT set_config('app.tenant', 'a', false), set_config('plan_cache_mode', 'force_generic_plan', false)")
        for checked in Self.cases {
            let types = checked.statement.parameters.map(\.type.description).joined(separator: ", ")
            let none = checked.statement.parameters.map { _ in "NULL" }.joined(separator: ", ")
            try world.catalogue.executeScript(
                "DEALLOCATE ALL; PREPARE planned\(types.isEmpty ? "" : " (\(types))") AS \(checked.statement.text)")
            let lines: [String] = try world.catalogue.executeScript("EXPLAIN EXECUTE planned\(none.isEmpty ? "" : "(\(none))")").all()
            let plan = lines.joined(separator: "\n")
            let used = Set(
                plan.matches(of: /using ([a-z_]+) on|Index Scan on ([a-z_]+)/).compactMap { ($0.output.1 ?? $0.output.2).map(String.init) })
            #expect(!plan.contains("Seq Scan") && !plan.contains("->  Sort ") && !used.isEmpty, "\(checked): \(plan)")
            #expect(used.isSubset(of: checked.indexes), "\(checked): \(plan)")
        }
    }
}
