import LeadAPI
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

@testable import LeadServer
@testable import Platform

/// A method that writes, as it is called once: with what it needs made before.
struct Change: Sendable, CustomTestStringConvertible {
    let method: String
    let prepare: @Sendable (Tenant) async throws -> @Sendable () async throws -> Void

    var testDescription: String { method }

    static let all = [
        Change(method: "CreateLead") { tenant in
            let number = Int.random(in: 0..<1 << 40)
            return { _ = try await tenant.create(.complete.with { $0.email = "new-\(number)@example.com" }) }
        },
        Change(method: "UpdateLead") { tenant in
            var lead = try await tenant.create(.complete.with { $0.email = "old-\(Int.random(in: 0..<1 << 40))@example.com" })
            lead.tags = ["another"]
            lead.company = "Another"
            return { [lead] in _ = try await tenant.update(lead, ["tags", "company"]) }
        },
        Change(method: "DeleteLead") { tenant in
            let lead = try await tenant.create(.complete.with { $0.email = "gone-\(Int.random(in: 0..<1 << 40))@example.com" })
            return { try await tenant.delete(lead.id, etag: lead.etag) }
        },
    ]
}

@Suite("A method that writes does all or nothing")
struct FaultTests {
    private func world() async throws -> (tenant: Tenant, proxy: PostgresProxy) {
        let (world, proxy) = try await LeadWorld.behindProxy()
        return (world.tenant(), proxy)
    }

    /// Runs the change once undisturbed on a connection that knows its statements, and says what it took.
    private func course(of change: Change, _ tenant: Tenant, _ proxy: PostgresProxy) async throws -> PostgresProxy.Course {
        try await change.prepare(tenant)()
        let run = try await change.prepare(tenant)
        proxy.arm(nil)
        try await run()
        return proxy.seen
    }

    @Test("every method that may write is tried here, or, being a stream, among the faults of imports")
    func complete() async throws {
        let methods = try await world().tenant.world.service.routes.map(\.method)
        let writing = methods.filter { $0.policy?.access == .scopes(["lead:write"]) }.map(\.name)
        #expect(Set(writing) == Set(Change.all.map(\.method) + ["ImportLeads"]))
    }

    @Test("R1: when any one of its statements fails, every row of every table is what it was", arguments: Change.all)
    func failures(_ change: Change) async throws {
        let (tenant, proxy) = try await world()
        let statements = try await course(of: change, tenant, proxy).statements
        try #require(statements > 1)
        for statement in 1...statements {
            let run = try await change.prepare(tenant)
            let before = try await tenant.world.everyRow()
            proxy.arm(.fail(statement: statement))
            let error = await refusal(run)
            #expect(error?.code == .internal, "statement \(statement) of \(statements): \(String(describing: error))")
            #expect(proxy.seen.hasStruck)
            #expect(try await tenant.world.everyRow() == before, "statement \(statement) of \(statements)")
            // Nothing is left of it on the connection, either.
            proxy.arm(nil)
            try await run()
        }
    }

    @Test("R1: when the backend is ended between any two statements, or before the commit, every row is what it was", arguments: Change.all)
    func kills(_ change: Change) async throws {
        let (tenant, proxy) = try await world()
        let steps = try await course(of: change, tenant, proxy).steps
        for step in 1...steps {
            // Whoever gets the new connection first prepares its statements, which would be steps, too.
            try await change.prepare(tenant)()
            let run = try await change.prepare(tenant)
            let before = try await tenant.world.everyRow()
            proxy.arm(.terminate(step: step))
            let error = await refusal(run)
            if change.method == "CreateLead", error == nil {
                // Whether it was committed nobody could say but its key: it was not, so that it was done again.
                #expect(step == steps && proxy.seen.hasStruck)
                proxy.arm(nil)
                #expect(try await Set(tenant.world.everyRow().subtracting(before).map(\.writer)).count == 1)
                continue
            }
            #expect(error?.code == .unavailable, "step \(step) of \(steps): \(String(describing: error))")
            #expect(error?.detail(RetryInfo.self) != nil)
            #expect(proxy.seen.hasStruck)
            proxy.arm(nil)
            let after = try await tenant.world.everyRow()
            if after == before {
                try await run()
            } else {
                // A COMMIT that is sent as a statement has taken place before the Sync behind it: nobody can know, and the caller is told so.
                #expect(step == steps && error?.reason == "COMMIT_UNKNOWN", "step \(step) of \(steps): \(String(describing: error))")
                #expect(Set(after.subtracting(before).map(\.writer)).count == 1)
            }
        }
    }

    @Test("R1: all that a method writes is of one transaction", arguments: Change.all)
    func oneTransaction(_ change: Change) async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let run = try await change.prepare(tenant)
        // Others write into this world at the same time, for other tenants.
        func rows() async throws -> Set<StoredRow> { try await tenant.world.everyRow().filter { $0.content.contains(tenant.name) } }
        let before = try await rows()
        try await run()
        let written = try await rows().subtracting(before)
        #expect(!written.isEmpty)
        #expect(Set(written.map(\.writer)).count == 1, "\(written)")
    }

    @Test("R1: a commit whose answer is lost is told as such, and a repetition under the same key gets the lead that was made")
    func lostAnswer() async throws {
        let (tenant, proxy) = try await world()
        _ = try await tenant.create(.numbered(1))
        let key = Tenant.newKey()
        proxy.arm(.cut(sync: 1))
        let first = await refusal { try await tenant.create(.numbered(2), key: key) }
        #expect(proxy.seen.hasStruck)
        if let first {
            #expect(first.code == .unavailable)
            #expect(first.reason == "COMMIT_UNKNOWN")
        }
        proxy.arm(nil)
        let lead = try await tenant.create(.numbered(2), key: key)
        #expect(try await tenant.create(.numbered(2), key: key) == lead)
        #expect(try await tenant.get(lead.id) == lead)
        #expect(try await tenant.count("SELECT count(*) FROM lead WHERE tenant_id = current_tenant()") == 2)
    }
}

extension LeadWorld {
    /// One whose service has a single connection, with a proxy before it.
    static func behindProxy() async throws -> (world: LeadWorld, proxy: PostgresProxy) {
        let cluster = try await TestCluster.shared()
        let proxy = try cluster.proxy()
        let world = try await LeadWorld(cluster, loops: 1) { database in
            var configuration = proxy.application(database)
            configuration.connectionsPerLoop = 1
            return configuration
        }
        return (world, proxy)
    }
}

extension Lead {
    fileprivate func with(_ change: (inout Lead) -> Void) -> Lead {
        var lead = self
        change(&lead)
        return lead
    }
}
