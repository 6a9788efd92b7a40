import LeadAPI
import Net
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// What goes wrong inside stays inside, whichever method it hits.
struct InnerErrorTests {
    /// What is done to the tables of the program behind its back.
    enum Damage: CaseIterable, Sendable {
        /// Every statement fails with a text that quotes it.
        case gone
        /// The role that serves may do nothing any more.
        case forbidden

        var statement: SQL {
            switch self {
            case .gone:
                """
                DO $$ DECLARE name text; BEGIN
                    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                        EXECUTE format('ALTER TABLE %I RENAME TO %I', name, name || '_away');
                    END LOOP;
                END $$
                """
            case .forbidden:
                """
                DO $$ DECLARE name text; BEGIN
                    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, switchboard_app, switchboard_owner', name);
                    END LOOP;
                END $$
                """
            }
        }

        var reason: ErrorReason { self == .gone ? .internal : .databaseRefused }
        var sqlstate: String { self == .gone ? "42P01" : "42501" }
    }

    /// Does it, and answers the names of the tables.
    private func damage(_ damage: Damage, _ served: ServedProgram) async throws -> [String] {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(served.deployment.database.administrator, loops: loops.loops)
        let tables = try await database.transaction(Scope(tenant: nil, caller: "test", requestID: "test")) { transaction in
            let tables = try await transaction.all(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", as: String.self)
            transaction.enqueue(damage.statement)
            return tables
        }
        await database.shutdown()
        return tables
    }

    /// Tables that are called as a field of a request is.
    private static let fields: Set<String> = ["tax_rate"]

    @Test(
        "R14 · no method lets out what the database says: not a statement, a table, a path, a host or a secret", arguments: Damage.allCases)
    func everyMethod(_ damage: Damage) async throws {
        try await ServedProgram.with { (served) async throws in
            let methods = try await served.methods()
            #expect(methods.count > 20)
            let tables = try await self.damage(damage, served)
            #expect(tables.count > 10)
            let secrets = [
                "SELECT", "INSERT", "UPDATE ", "DELETE ", "relation", "permission denied", "42P01", "42501", "pg_", "PL/pgSQL", "libpq",
                ".swift",
                "/tmp", "/work", "/root", "127.0.0.1", "Bearer", served.deployment.folder, served.deployment.database.name,
            ]
            var inner = 0
            for (number, method) in methods.enumerated() {
                for message in Self.requests(for: method.path) {
                    let id = "r14-\(number)-\(message.count)"
                    guard let error = try await served.refusal(method.path, message, try served.options(requestID: id)) else { continue }
                    let told =
                        [error.message, error.trailers.description] + error.details.map { String(decoding: $0.value, as: UTF8.self) }
                    for secret in secrets + tables.filter({ $0.contains("_") && !Self.fields.contains($0) }) {
                        #expect(!told.contains { $0.contains(secret) }, "\(method.path): \(told)")
                    }
                    #expect(error.detail(ErrorInfo.self)?.domain == "switchboard", "\(method.path): \(error)")
                    #expect(error.reason.flatMap(ErrorReason.init(rawValue:))?.code == error.code, "\(method.path): \(error)")
                    #expect(error.detail(RequestInfo.self)?.requestID == id, "\(method.path)")
                    #expect(error.trailers["x-request-id"] == id, "\(method.path)")
                    guard error.reason == damage.reason.rawValue else { continue }
                    inner += 1
                    #expect(error.message == damage.reason.sentence)
                    // The operator reads under the same id what the caller does not.
                    let words = "\"event\":\"call_failed\",\"request_id\":\"\(id)\""
                    try await eventually { !served.log(words).isEmpty }
                    let line = try #require(served.log(words).first)
                    #expect(line.contains("\"level\":\"error\"") && line.contains(damage.sqlstate), "\(line)")
                }
            }
            #expect(inner >= 5, "of \(methods.count) methods")
        }
    }

    /// An empty message for all, and for some one that reaches the database.
    private static func requests(for path: String) -> [[UInt8]] {
        let id = "0192f0c4-7b3a-7c3a-8d2e-4f5a6b7c8d9e"
        switch path.split(separator: "/").last {
        case "CreateLead":
            return [
                [],
                CreateLeadRequest.with {
                    $0.lead = Lead.with {
                        $0.firstName = "A"
                        $0.lastName = "B"
                        $0.email = "a@example.com"
                    }
                }.encoded(),
            ]
        case "GetLead": return [[], GetLeadRequest.with { $0.id = id }.encoded()]
        case "BatchGetLeads": return [[], BatchGetLeadsRequest.with { $0.ids = [id] }.encoded()]
        case "DeleteLead":
            return [
                [],
                DeleteLeadRequest.with {
                    $0.id = id
                    $0.etag = "v1"
                }.encoded(),
            ]
        default: return [[]]
        }
    }

    @Test("R14 · a request id of the caller's is the call's when it is one, and replaced when it is not")
    func requestID() async throws {
        try await ServedProgram.with { (served) async throws in
            let path = "/switchboard.lead.v1.LeadService/GetLead"
            for id in ["a", "A.b_c-9", String(repeating: "x", count: 64)] {
                let error = try #require(try await served.refusal(path, [], try served.options(requestID: id)))
                #expect(error.detail(RequestInfo.self)?.requestID == id)
                #expect(error.trailers["x-request-id"] == id)
            }
            for id in ["a b", String(repeating: "x", count: 65), "a/b", "a;b", "{}"] {
                let error = try #require(try await served.refusal(path, [], try served.options(requestID: id)))
                let given = try #require(error.detail(RequestInfo.self)?.requestID)
                #expect(given != id && given.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) != nil)
            }
        }
    }
}
