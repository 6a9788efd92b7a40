internal import BenchAPI
internal import Glibc
internal import Net
internal import Postgres
internal import Protobuf
internal import RPC
internal import Synchronization

/// `switchbench slow`: how long a call waits that asks no database, beside statements on the same loop that take long.
struct SlowCommand {
    private var connection = ""
    private var statements = 1_000
    private var milliseconds = 500
    private var connections = 80
    private var calls = 5_000

    static let usage = """
        usage: switchbench slow --connection TEXT [--statements N] [--sleep-ms N] [--connections N] [--calls N]

        Serves bench.v1.Echo on one loop, keeps N statements (1000) in flight in its database from that loop, each of which sleeps for
        --sleep-ms (500), over --connections (80), and meanwhile makes --calls (5000) calls of Echo/Unary, one after the other. Prints
        their times in milliseconds, without the statements and beside them. TEXT is libpq's: host=… dbname=… user=….
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--connection": connection = try options.value()
            case "--statements": statements = try options.number()
            case "--sleep-ms": milliseconds = try options.number()
            case "--connections": connections = try options.number()
            case "--calls": calls = try options.number()
            default: throw options.unknown
            }
        }
        guard !connection.isEmpty, calls > 0, statements >= 0, (1...90).contains(connections), (1...10_000).contains(milliseconds) else {
            throw UsageError("--connection is needed; there are 1 call or more, 1 to 90 connections, and 1 to 10000 ms")
        }
    }

    func run() async throws {
        let group = try EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let server = try Server(services: [EchoService()], loops: group)
        let address = try await server.start(on: "127.0.0.1:0")
        let channel = try RPC.Channel("\(address)", loop: EventLoop(name: "client"))
        let echo = EchoClient(channel)
        _ = try await echo.unary(EchoRequest())
        var configuration = Database.Configuration(connection: connection)
        configuration.connectionsPerLoop = connections
        configuration.waitersPerLoop = statements
        configuration.longestWait = .seconds(600)
        let database = Database(configuration, loops: [loop])
        report("alone", try await times(of: echo))

        let isOver = Flag()
        let done = try await withThrowingTaskGroup { tasks in
            for _ in 0..<statements {
                tasks.addTask(executorPreference: loop) { [milliseconds] in
                    var done = 0
                    while !isOver.value.load(ordering: .relaxed) {
                        let scope = Scope(tenant: nil, caller: "bench", requestID: "bench")
                        let seconds = Double(milliseconds) / 1_000
                        try await database.batch(scope) { $0.enqueue("SELECT pg_sleep(\(seconds))") }
                        done += 1
                    }
                    return done
                }
            }
            // From when all connections are there.
            try await Task.sleep(for: .seconds(3))
            report("beside \(statements) statements of \(milliseconds) ms on \(connections) connections", try await times(of: echo))
            isOver.value.store(true, ordering: .relaxed)
            return try await tasks.reduce(0, +)
        }
        print("\(done) statements came to their end")
        await channel.close()
        await server.drain(grace: .zero)
        await database.shutdown()
    }

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    private func times(of echo: EchoClient) async throws -> [Duration] {
        var times: [Duration] = []
        for _ in 0..<calls {
            let begun = MonotonicTime.now()
            _ = try await echo.unary(EchoRequest.with { $0.payload = [1, 2, 3] })
            times.append(MonotonicTime.now() - begun)
        }
        return times.sorted()
    }

    private func report(_ name: String, _ times: [Duration]) {
        func share(_ part: Double) -> Double {
            let time = times[min(times.count - 1, Int(Double(times.count) * part))]
            return (Double(time.wholeNanoseconds) / 10_000).rounded() / 100
        }
        print("\(name): p50 \(share(0.5)) ms, p99 \(share(0.99)) ms, longest \(share(1)) ms")
    }
}
