internal import BenchAPI
internal import Glibc
internal import Net
internal import RPC
internal import TLS

/// `switchbench soak`: many connections to a server, or one after the other, for those who watch its memory meanwhile.
struct SoakCommand {
    private var target = ""
    private var certificate: String?
    private var key: String?
    private var roots: String?
    private var held = 0
    private var active = 0
    private var seconds = 10
    private var connects = 0
    private var calls = 0
    private var atOnce = 50

    static let usage = """
        usage: switchbench soak --target HOST:PORT [--cert F --key F --ca F] --hold N [--active M] [--seconds S]
               switchbench soak --target HOST:PORT [--cert F --key F --ca F] --connects N --calls N [--at-once M]

        --hold opens N connections to `switchbench echo`, with a call on each, says so, and waits for a line of input. Then it makes
        calls on M of them for S seconds (10), says how many, and waits again. --connects opens and closes N connections with a call on
        each, M at once (50), and --calls makes N calls on one. With --cert, --key and --ca over mutual TLS. Exit code 1 when a call failed.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--target": target = try options.value()
            case "--cert": certificate = try options.value()
            case "--key": key = try options.value()
            case "--ca": roots = try options.value()
            case "--hold": held = try options.number()
            case "--active": active = try options.number()
            case "--seconds": seconds = try options.number()
            case "--connects": connects = try options.number()
            case "--calls": calls = try options.number()
            case "--at-once": atOnce = try options.number()
            default: throw options.unknown
            }
        }
        if target.isEmpty { throw UsageError("--target is missing") }
        guard held >= active, active >= 0, connects >= 0, calls >= 0, held + connects + calls > 0, atOnce > 0 else {
            throw UsageError("--hold, or --connects and --calls, are numbers from 1 on; no more can be active than are held")
        }
        if (certificate == nil) != (key == nil) || (certificate == nil) != (roots == nil) {
            throw UsageError("--cert, --key and --ca go together")
        }
    }

    func run() async throws {
        let loop = try EventLoop(name: "soak")
        let configuration = try configuration()
        if held > 0 {
            try await hold(configuration, loop)
        } else {
            try await each(connects, loop) { try await connect(configuration, loop) }
            let client = EchoClient(try Channel(target, configuration: configuration, loop: loop))
            try await each(calls, loop) { try await call(client) }
            await client.channel.close()
            print("\(connects) connections and \(calls) calls")
        }
    }

    private func configuration() throws -> Channel.Configuration {
        var configuration = Channel.Configuration()
        configuration.idleTimeout = nil
        guard let roots, let certificate, let key else { return configuration }
        configuration.tls = try .client(roots: .file(roots), certificateChain: .file(certificate), privateKey: .file(key))
        configuration.serverName = "localhost"
        return configuration
    }

    private func hold(_ configuration: Channel.Configuration, _ loop: EventLoop) async throws {
        let clients = try (0..<held).map { _ in EchoClient(try Channel(target, configuration: configuration, loop: loop)) }
        try await withThrowingTaskGroup { group in
            for share in 0..<atOnce {
                group.addTask(executorPreference: loop) {
                    for index in stride(from: share, to: clients.count, by: atOnce) { try await call(clients[index]) }
                }
            }
            try await group.waitForAll()
        }
        say("holding \(held) connections")
        let end = MonotonicTime.now() + .seconds(Int64(seconds))
        let made = try await withThrowingTaskGroup { group in
            for client in clients.prefix(active) {
                group.addTask(executorPreference: loop) {
                    var made = 0
                    while MonotonicTime.now() < end {
                        try await call(client)
                        made += 1
                    }
                    return made
                }
            }
            return try await group.reduce(0, +)
        }
        say("\(made) calls on \(active) connections")
        for client in clients { await client.channel.close() }
    }

    /// Waits until it was heard.
    private func say(_ text: String) {
        print(text)
        fflush(nil)
        _ = readLine()
    }

    private func connect(_ configuration: Channel.Configuration, _ loop: EventLoop) async throws {
        let client = EchoClient(try Channel(target, configuration: configuration, loop: loop))
        try await call(client)
        await client.channel.close()
    }

    private func each(_ count: Int, _ loop: EventLoop, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for share in 0..<atOnce {
                group.addTask(executorPreference: loop) {
                    for _ in stride(from: share, to: count, by: atOnce) { try await body() }
                }
            }
            try await group.waitForAll()
        }
    }

    private func call(_ client: EchoClient) async throws {
        var request = EchoRequest()
        request.payload = [UInt8](repeating: 7, count: 20)
        let reply = try await client.unary(request)
        guard reply.payload == request.payload else { throw RPCError(.dataLoss, "a reply is not its request's") }
    }
}
