import LeadAPI
import Platform
import Postgres
import RPC
import StandardTypes
import Testing

@testable import LeadServer

@Suite("ImportLeads and ExportLeads")
struct ImportLeadsTests {
    @Test("Good rows are created, bad ones are reported with all their violations, and neither stops the other")
    func report() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let bad = Lead.numbered(2) {
            $0.email = "nobody"
            $0.score = -1
        }
        let report = try await tenant.importLeads("import-1", [.numbered(1), bad, .numbered(3), .numbered(1) { $0.notes = "again" }])
        #expect(report.rows == 4)
        #expect(report.created == 2)
        #expect(report.skipped == 1)
        #expect(report.updated == 0)
        #expect(report.refused == 1)
        #expect(report.errors.map(\.row) == [2])
        #expect(report.errors.first?.violations.map(\.field) == ["email", "score"])
        let leads = try await tenant.export()
        #expect(leads.map(\.email) == ["lead-1@example.com", "lead-3@example.com"])
        #expect(leads.map(\.notes) == ["", ""])
    }

    @Test("An imported lead has consented to nothing unless its row says so, and comes from an import unless something else is said")
    func defaults() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var consenting = Lead.complete
        consenting.status = .unspecified
        _ = try await tenant.importLeads("import-1", [.numbered(1), consenting])
        _ = try await tenant.importLeads("import-2", [.numbered(2), .numbered(3) { $0.source = "own" }], source: "fair 2026")
        let leads = try await tenant.export()
        #expect(leads.map(\.consent) == [nil, Lead.complete.consent, nil, nil])
        #expect(leads.map(\.source) == ["import", "fair", "fair 2026", "own"])
        #expect(leads.allSatisfy { $0.status == .new })
    }

    @Test("An updating import replaces what a row sets and leaves status, source and consent alone")
    func update() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let lead = try await tenant.create(.complete)
        let row = Lead.numbered(1) {
            $0.email = "GRACE@navy.example.com"
            $0.company = "Vassar"
            $0.status = .new
            $0.tags = ["teacher"]
            $0.source = "other"
        }
        let report = try await tenant.importLeads("import-1", [row, .numbered(2)], onConflict: .update)
        #expect(report.created == 1)
        #expect(report.updated == 1)
        #expect(report.skipped == 0)
        let updated = try await tenant.get(lead.id)
        var expected = lead
        expected.firstName = row.firstName
        expected.lastName = row.lastName
        expected.email = row.email
        expected.company = "Vassar"
        expected.tags = ["teacher"]
        expected.etag = updated.etag
        expected.updatedAt = updated.updatedAt
        #expect(updated == expected)
        #expect(updated.etag != lead.etag)
        #expect(
            try await tenant.list {
                $0.filter = LeadFilter(); $0.filter?.tags = ["teacher"]
            }.leads.map(\.id) == [lead.id])
    }

    @Test("A stream that breaks off keeps its committed rows; the next one goes on behind them, and each row counts once")
    func resumed() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let leads = (0..<1_300).map { number in Lead.numbered(number) { if number == 400 { $0.email = "nobody" } } }
        var header = ImportHeader()
        header.importID = "import-1"
        // The wrong part ends the stream after 700 rows: one chunk of 500 is committed, 200 rows are not.
        let broken = [.header(header)] + leads.prefix(700).map { ImportLeadsRequest.Part.row($0) } + [nil]
        #expect(await refusal { try await tenant.send(broken) }?.code == .invalidArgument)
        #expect(try await tenant.export().count == 499)
        let report = try await tenant.importLeads("import-1", leads)
        #expect(report.rows == 1_300)
        #expect(report.created == 1_299)
        #expect(report.refused == 1)
        #expect(report.errors.map(\.row) == [401])
        #expect(try await tenant.export().map(\.email) == leads.map(\.email).filter { $0 != "nobody" })
        #expect(try await tenant.importLeads("import-1", leads) == report)
        #expect(try await tenant.export().count == 1_299)
    }

    @Test("An import of the same name with other rows, fewer, more, or another header is refused")
    func changed() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        _ = try await tenant.importLeads("import-1", [.numbered(1), .numbered(2)])
        let refusals = [
            await refusal { try await tenant.importLeads("import-1", [.numbered(1), .numbered(3)]) },
            await refusal { try await tenant.importLeads("import-1", [.numbered(1)]) },
            await refusal { try await tenant.importLeads("import-1", [.numbered(1), .numbered(2), .numbered(3)]) },
            await refusal { try await tenant.importLeads("import-1", [.numbered(1), .numbered(2)], onConflict: .update) },
        ]
        for error in refusals {
            #expect(error?.code == .failedPrecondition)
            #expect(error?.reason == "IMPORT_CHANGED")
        }
        #expect(try await tenant.export().count == 2)
        #expect(try await LeadWorld.shared().tenant().importLeads("import-1", [.numbered(3)]).created == 1)
    }

    @Test("Of the refused rows the first thousand are listed and all are counted")
    func manyErrors() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let report = try await tenant.importLeads("import-1", (0..<1_203).map { _ in Lead() })
        #expect(report.refused == 1_203)
        #expect(report.errors.map(\.row) == Array(1...1_000))
    }

    @Test("Streams of one import at once never count a row twice")
    func atOnce() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let leads = (0..<600).map { Lead.numbered($0) }
        let reasons = await withTaskGroup(of: String.self) { group in
            for _ in 0..<3 {
                group.addTask { await refusal { try await tenant.importLeads("import-1", leads) }?.reason ?? "OK" }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(reasons.isSubset(of: ["OK", "IMPORT_IN_PROGRESS"]))
        let report = try await tenant.importLeads("import-1", leads)
        #expect(report.rows == 600)
        #expect(report.created == 600)
        #expect(try await tenant.export().count == 600)
    }

    @Test("Imports at once with the same addresses in opposite orders both end")
    func noDeadlock() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let leads = (0..<400).map { Lead.numbered($0) }
        let reports = try await withThrowingTaskGroup(of: ImportReport.self) { group in
            group.addTask { try await tenant.importLeads("forwards-1", leads, onConflict: .update) }
            group.addTask { try await tenant.importLeads("backwards-1", leads.reversed(), onConflict: .update) }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reports.map(\.created).reduce(0, +) == 400)
        #expect(reports.map(\.updated).reduce(0, +) == 400)
    }

    @Test("A stream begins with a proper header and goes on with rows")
    func shape() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var header = ImportHeader()
        header.importID = "import-1"
        #expect(await refusal { try await tenant.send([]) }?.violatedFields == ["header"])
        #expect(await refusal { try await tenant.send([.row(.numbered(1))]) }?.violatedFields == ["header"])
        #expect(await refusal { try await tenant.send([.header(header), .header(header)]) }?.violatedFields == ["row"])
        header.importID = "short"
        header.onConflict = ImportConflict(rawValue: 7)
        header.source = String(repeating: "s", count: 101)
        let error = await refusal { try await tenant.send([.header(header)]) }
        #expect(error?.violatedFields == ["header.import_id", "header.on_conflict", "header.source"])
    }

    @Test("An import without rows is complete")
    func empty() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let report = try await tenant.importLeads("import-1", [])
        #expect(report == ImportReport())
        #expect(await refusal { try await tenant.importLeads("import-1", [.numbered(1)]) }?.reason == "IMPORT_CHANGED")
    }

    @Test("An export gives every lead of the tenant once, oldest first, over several pages")
    func export() async throws {
        let world = try await LeadWorld.shared()
        let (tenant, other) = (world.tenant(), world.tenant())
        _ = try await other.create(.numbered(1))
        _ = try await tenant.importLeads("import-1", (0..<1_000).map { Lead.numbered($0) })
        let all = try await tenant.export()
        #expect(all.map(\.email) == (0..<1_000).map { "lead-\($0)@example.com" })
        #expect(try await world.tenant().export() == [])
    }

    @Test("An export that nobody reads holds no connection to the database")
    func backPressure() async throws {
        let world = try await LeadWorld.shared()
        let tenant = world.tenant()
        let notes = String(repeating: "n", count: 5_000)
        _ = try await tenant.importLeads("import-1", (0..<700).map { number in Lead.numbered(number) { $0.notes = notes } })
        // 3.5 MB do not fit into the window: the handler has to wait.
        var replies = try await tenant.client.exportLeads(ExportLeadsRequest(), tenant.options()).makeAsyncIterator()
        #expect(try await replies.next()?.email == "lead-0@example.com")
        // Other tests' transactions come and go on this database; one that the export held would stay.
        let deadline = ContinuousClock.now + .seconds(120)
        var busy = -1
        while busy != 0, ContinuousClock.now < deadline {
            busy = try await tenant.count(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND usename = 'switchboard_app' AND state = 'idle in transaction'
                """)
        }
        #expect(busy == 0)
        var rest = 0
        while try await replies.next() != nil { rest += 1 }
        #expect(rest == 699)
    }

    @Test("R6: an export names the violations of its filter")
    func exportViolations() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        var filter = LeadFilter()
        filter.email = "nobody"
        let error = await refusal { try await tenant.export(filter) }
        #expect(error?.violatedFields == ["filter.email"])
    }
}
