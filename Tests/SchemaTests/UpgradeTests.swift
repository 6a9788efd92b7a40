import Console
import Net
import TestSupport
import Testing

@testable import Postgres
@testable import switchboard

/// REL-2: from every version that was released, with rows in its tables, to the newest.
@Suite struct UpgradeTests {
    /// The names in released.txt, in the order of their release.
    private static let released: [String] = {
        let path = "\(#filePath.dropLast("UpgradeTests.swift".utf8.count))released.txt"
        let lines = (try? Files.text(path).split(separator: "\n")) ?? []
        return lines.map { line in String(line.drop { $0 != " " }.dropFirst()) }
    }()

    @Test("REL-2 · Every released version, with rows in it, becomes the schema of today and keeps its rows")
    func upgrades() async throws {
        #expect(Self.released.count == Schema.migrations.count)
        let expected = try await TestCluster.shared().freshDatabase(Schema.migrations).schema()
        for count in 1..<Self.released.count {
            let version = Set(Self.released.prefix(count))
            let old = Schema.migrations.filter { version.contains("\($0)") }
            let database = try await TestCluster.shared().freshDatabase(old)
            let session = try Session.connect(database.administrator)
            defer { session.finish() }
            var rows: [String: Int] = [:]
            for (table, sample) in TenantMatrixTests.samples {
                let exists: Bool = try session.execute("SELECT to_regclass(\(table)) IS NOT NULL").one()
                guard exists else { continue }
                do throws(PostgresError) {
                    try session.executeScript(TenantMatrixTests.sample(sample, of: "a"))
                    rows[table] = 0
                } catch {
                    // A sample of today may have a column that its table did not have then.
                    #expect(error.kind == .schemaMismatch, "\(table): \(error)")
                }
            }
            for table in rows.keys { rows[table] = try session.executeScript("SELECT FROM \(table) WHERE tenant_id = 'a'").rowCount }
            let applied = try await Migrator(database.owner, migrations: Schema.migrations).run()
            #expect(applied.count == Schema.migrations.count - old.count)
            #expect(try await database.schema() == expected, "from \(Self.released[count - 1]) on")
            for (table, count) in rows {
                let result = try session.executeScript("SELECT FROM \(table) WHERE tenant_id = 'a'")
                #expect(count > 0 && result.rowCount == count, "\(table), from \(Self.released[count - 1]) on")
            }
        }
    }

    @Test("E5 · Eight migrate an empty database at once: each migration is applied once, by one of them")
    func eightAtOnce() async throws {
        let cluster = try await TestCluster.shared()
        try await Administrator(cluster.administrator).ensureDatabase("eight_services")
        let owner = cluster.configuration(user: Administrator.ownerRole, database: "eight_services")
        // A pool has four threads.
        let pools = [BlockingPool(), BlockingPool()]
        let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
            for number in 0..<8 {
                group.addTask { try await Migrator(owner, migrations: Schema.migrations).run(on: pools[number % 2]) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == Migration.foundation + Schema.migrations)
    }

    @Test("E5 · A migration of the services that fails leaves nothing of itself, and is applied when it has been mended")
    func failing() async throws {
        let database = try await TestCluster.shared().freshDatabase()
        let broken =
            Schema.migrations + [Migration(service: "later", number: 1, name: "bad", sql: "CREATE TABLE late (id int); SELECT 1 / 0")]
        await #expect(throws: PostgresError.self) { _ = try await Migrator(database.owner, migrations: broken).run() }
        let expected = try await TestCluster.shared().freshDatabase(Schema.migrations).schema()
        #expect(try await database.schema() == expected)
    }
}
