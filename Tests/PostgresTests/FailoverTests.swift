import Net
import Postgres
import Synchronization
import TestSupport
import Testing

/// Two servers, one of which streams to the other.
@Suite struct FailoverTests {
    private final class Course: Sendable {
        let acknowledged = Mutex<[Int]>([])
        let isOver = Atomic<Bool>(false)
    }

    @Test(
        "E32 · TST-8 · The primary dies under load and its standby is promoted: writes go on there, and none that was acknowledged is lost")
    func promotion() async throws {
        let primary = try await TestCluster.start(settings: "wal_level = replica\nmax_wal_senders = 4\nsynchronous_commit = on")
        let database = try await primary.freshDatabase(World.migrations)
        let standby = try await primary.startStandby()
        let loops = try EventLoopGroup(count: 1)
        // From here on a commit is acknowledged when the standby has it.
        let superuser = Database(primary.administrator, loops: loops.loops)
        let streams = try await eventually {
            try await superuser.batch(.anyone) { $0.one("SELECT count(*) FROM pg_stat_replication") } == 1
        }
        #expect(streams)
        try primary.reload(adding: "synchronous_standby_names = '*'")
        let waits = try await eventually {
            try await superuser.batch(.anyone) { $0.one("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") } == 1
        }
        #expect(waits)
        await superuser.shutdown()

        var configuration = TestCluster.configuration(of: [primary, standby], database: database)
        configuration.longestWait = .seconds(300)
        configuration.connectTimeout = .seconds(60)
        let connections = Database(configuration, loops: loops.loops)
        let course = Course()
        let writers = (0..<4).map { writer in
            Task {
                var number = writer
                while !course.isOver.load(ordering: .relaxed) {
                    number += 4
                    do {
                        try await connections.batch(.of(nil, within: .seconds(60))) {
                            $0.enqueue("INSERT INTO counter VALUES (\("\(number)"), \(number))")
                        }
                        course.acknowledged.withLock { $0.append(number) }
                    } catch {
                        // Told so: it is not acknowledged.
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
        }
        func grows(by count: Int) async -> Bool {
            let before = course.acknowledged.withLock(\.count)
            return await eventually { course.acknowledged.withLock(\.count) >= before + count }
        }
        let begins = await grows(by: 200)
        #expect(begins)
        try await primary.crash()
        try await standby.promote()
        let goesOn = await grows(by: 200)
        #expect(goesOn)
        course.isOver.store(true, ordering: .relaxed)
        for writer in writers { await writer.value }
        let stored: [Int] = try await connections.batch(.anyone) { $0.all("SELECT value FROM counter") }
        let lost = Set(course.acknowledged.withLock(\.self)).subtracting(stored)
        #expect(lost.isEmpty)
        await connections.shutdown()
        loops.shutdown()
        try await standby.stop()
    }
}
