import LeadAPI
import Platform
import Postgres
import RPC
import TestSupport
import Testing

@Suite("An import that something happens to")
struct ImportFaultTests {
    /// Five rows: four that become leads, one of them twice, and one that is refused.
    private func rows(_ name: String) -> [Lead] {
        var rows = (0..<4).map { Lead.numbered($0) }
        for index in rows.indices { rows[index].email = "\(name)-\(index)@example.com" }
        rows[1].tags = ["imported"]
        var refused = rows[0]
        refused.firstName = ""
        return rows + [rows[2], refused]
    }

    private func report(_ report: ImportReport) -> [Int64] {
        [report.rows, report.created, report.updated, report.skipped, report.refused, Int64(report.errors.count)]
    }

    private func stored(_ rows: Set<StoredRow>) -> [String: Int] { Dictionary(rows.map { ($0.table, 1) }, uniquingKeysWith: +) }

    /// What an undisturbed import takes on a connection that knows its statements, and what it leaves.
    private func undisturbed(
        _ tenant: Tenant, _ proxy: PostgresProxy
    ) async throws -> (course: PostgresProxy.Course, report: [Int64], stored: [String: Int]) {
        _ = try await tenant.importLeads("warming-up", rows("warm"))
        let before = try await tenant.world.everyRow()
        proxy.arm(nil)
        let report = report(try await tenant.importLeads("undisturbed", rows("calm")))
        return (proxy.seen, report, stored(try await tenant.world.everyRow().subtracting(before)))
    }

    private func check(_ faults: (PostgresProxy.Course) -> [PostgresProxy.Fault]) async throws {
        let (world, proxy) = try await LeadWorld.behindProxy()
        let tenant = world.tenant()
        let whole = try await undisturbed(tenant, proxy)
        let wanted = faults(whole.course)
        try #require(!wanted.isEmpty)
        for (number, fault) in wanted.enumerated() {
            // A connection that knows its statements, after the one that was cut.
            _ = try await tenant.importLeads("warming-up-\(number)", rows("warm-\(number)"))
            let name = "disturbed-\(number)"
            let before = try await world.everyRow()
            proxy.arm(fault)
            let error = await refusal { try await tenant.importLeads(name, rows(name)) }
            #expect(proxy.seen.hasStruck)
            #expect(error != nil, "\(fault)")
            let left = stored(try await world.everyRow().subtracting(before))
            // The chunk is there as a whole, with its count, or not at all.
            let leads = left["lead"] ?? 0
            #expect(leads == 0 || leads == whole.stored["lead"], "\(fault): \(left)")
            for table in ["lead_tag", "lead_import_refusal"] {
                #expect(left[table] ?? 0 == (leads == 0 ? 0 : whole.stored[table]), "\(fault): \(left)")
            }
            let counted = try await world.administration.batch(tenant.scope) {
                $0.all("SELECT created_count FROM lead_import WHERE tenant_id = current_tenant() AND import_id = \(name)", as: Int.self)
            }
            #expect(counted.first ?? 0 == leads, "\(fault)")
            // The same stream once more ends as if nothing had happened.
            proxy.arm(nil)
            #expect(try await report(tenant.importLeads(name, rows(name))) == whole.report, "\(fault)")
            #expect(try await stored(world.everyRow().subtracting(before)) == whole.stored, "\(fault)")
        }
    }

    @Test(
        "R1: whichever of its statements fails, a chunk is there as a whole or not at all, and the same stream again completes the import")
    func failures() async throws {
        try await check { course in (1...max(1, course.statements)).map { .fail(statement: $0) } }
    }

    @Test("R1: wherever its backend is ended, a chunk is there as a whole or not at all, and the same stream again completes the import")
    func kills() async throws {
        try await check { course in (1...max(1, course.steps)).map { .terminate(step: $0) } }
    }

    @Test("R1: whichever commit's answer is lost, the same stream again completes the import")
    func lostAnswers() async throws {
        try await check { course in (1...max(1, course.syncs)).map { .cut(sync: $0) } }
    }
}
