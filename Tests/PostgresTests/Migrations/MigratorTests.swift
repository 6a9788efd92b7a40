import Net
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    static func migration(_ number: Int, _ sql: String) -> Migration {
        Migration(service: "test", number: number, name: "step", sql: sql)
    }

    static let steps = [
        migration(1, "CREATE TABLE thing (id int8); CREATE TABLE log (entry text); INSERT INTO log VALUES ('one')"),
        migration(2, "ALTER TABLE thing ADD name text; INSERT INTO log VALUES ('two')"),
    ]

    /// An empty database, not even with our own table of migrations.
    static func emptyDatabase(_ name: String) async throws -> (Database.Configuration, TestCluster) {
        let cluster = try await TestCluster.shared()
        try await Administrator(cluster.administrator).ensureDatabase(name)
        return (cluster.configuration(user: Administrator.ownerRole, database: name), cluster)
    }

    static func entries(_ configuration: Database.Configuration) async throws -> [String] {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let database = Database(configuration, loops: loops.loops)
        let entries: [String] = try await database.batch(.anyone) { $0.all("SELECT entry FROM log") }
        await database.shutdown()
        return entries
    }

    @Test("E5 · Eight at once on an empty database apply each migration once")
    func eightAtOnce() async throws {
        let (configuration, _) = try await Self.emptyDatabase("eight_at_once")
        // A pool of blocking threads has four of them, so that two pools make eight at once.
        let pools = [BlockingPool(), BlockingPool()]
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask { try await Migrator(configuration, migrations: Self.steps).run(on: pools[number % 2]).count }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // The two, and the one that every schema here begins with.
        #expect(applied.sorted() == [0, 0, 0, 0, 0, 0, 0, 3])
        #expect(try await Self.entries(configuration) == ["one", "two"])
    }

    @Test("What is missing is told and applied; the application's role can ask, too")
    func pending() async throws {
        let (configuration, cluster) = try await Self.emptyDatabase("pending")
        let asApplication = cluster.configuration(user: Administrator.applicationRole, database: "pending")
        #expect(try await Migrator(asApplication, migrations: Self.steps).pending().count == 3)
        #expect(try await Migrator(configuration, migrations: [Self.steps[0]]).run().count == 2)
        #expect(try await Migrator(asApplication, migrations: Self.steps).pending() == [Self.steps[1]])
        #expect(try await Migrator(configuration, migrations: Self.steps).run() == [Self.steps[1]])
        #expect(try await Migrator(asApplication, migrations: Self.steps).pending() == [])
        #expect(try await Self.entries(configuration) == ["one", "two"])
    }

    @Test("E5 · A migration that was edited after it had been applied is refused, and nothing is applied")
    func drift() async throws {
        let (configuration, _) = try await Self.emptyDatabase("drift")
        _ = try await Migrator(configuration, migrations: [Self.steps[0]]).run()
        let edited = [Self.migration(1, Self.steps[0].sql + "; SELECT 1"), Self.steps[1]]
        let error = await postgresError { _ = try await Migrator(configuration, migrations: edited).run() }
        #expect(error?.kind == .migration)
        #expect(error?.message.contains("test 1 (step) was changed") == true)
        #expect(try await Self.entries(configuration) == ["one"])
    }

    @Test("E5 · A migration that fails leaves nothing of itself and keeps what came before")
    func failure() async throws {
        let (configuration, _) = try await Self.emptyDatabase("failure")
        let broken = [Self.steps[0], Self.migration(2, "INSERT INTO log VALUES ('half'); SELECT 1 / 0")]
        let error = await postgresError { _ = try await Migrator(configuration, migrations: broken).run() }
        #expect(error?.kind == .migration)
        #expect(error?.sqlstate == "22012")
        #expect(error?.message == "Migration test 2 (step) failed and left nothing behind.")
        #expect(try await Self.entries(configuration) == ["one"])
        #expect(try await Migrator(configuration, migrations: Self.steps).run() == [Self.steps[1]])
    }

    @Test("A migration that ends its own transaction is refused")
    func ownCommit() async throws {
        let (configuration, _) = try await Self.emptyDatabase("own_commit")
        let error = await postgresError {
            _ = try await Migrator(configuration, migrations: [Self.migration(1, "CREATE TABLE log (entry text); COMMIT")]).run()
        }
        #expect(error?.kind == .migration)
        #expect(error?.message.contains("Take COMMIT and ROLLBACK out of it.") == true)
    }

    @Test("A superuser can migrate in the owner's name")
    func owner() async throws {
        let (_, cluster) = try await Self.emptyDatabase("in_the_name_of")
        let superuser = cluster.configuration(user: "postgres", database: "in_the_name_of")
        _ = try await Migrator(superuser, migrations: Self.steps, owner: Administrator.ownerRole).run()
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let database = Database(superuser, loops: loops.loops)
        let owners: [String] = try await database.batch(.anyone) {
            $0.all("SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'")
        }
        await database.shutdown()
        #expect(owners == [Administrator.ownerRole])
    }
}
