internal import BenchAPI
internal import Glibc
internal import Net
internal import RPC

/// `switchbench call`: the client's side of a measurement, on one loop and one connection, in cleartext.
struct CallCommand {
    private var target = ""
    private var count = 300_000
    private var atOnce = 100
    private var isStream = false

    static let usage = """
        usage: switchbench call --target HOST:PORT [--count N] [--at-once M | --stream]

        Calls Echo/Unary of `switchbench echo` N times (300000) with a payload of 20 bytes, M calls at once (100), or with --stream
        sends N messages of 100 bytes through one Echo/BidiStream and reads their echoes. Prints what one of them cost this process
        in CPU time. Benchmarks/client.sh does it all, h2load beside it.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--target": target = try options.value()
            case "--count": count = try options.number()
            case "--at-once": atOnce = try options.number()
            case "--stream": isStream = true
            default: throw options.unknown
            }
        }
        if target.isEmpty { throw UsageError("--target is missing") }
        guard count > 0, (1...100).contains(atOnce) else { throw UsageError("--count is at least 1, --at-once 1 to 100") }
    }

    func run() async throws {
        let loop = try EventLoop(name: "client")
        let client = EchoClient(try Channel(target, loop: loop))
        // The connection stands, and everything was used once.
        try await calls(client, 1_000, on: loop)
        let before = CodecCommand.cpuNanoseconds()
        if isStream {
            // On its own loop, where what is sent in one turn leaves together.
            try await Task(executorPreference: loop) { try await messages(client) }.value
        } else {
            try await calls(client, count, on: loop)
        }
        let nanoseconds = (CodecCommand.cpuNanoseconds() - before) / Int64(count)
        print("\(nanoseconds) ns of the client's CPU for each of \(count)")
        await client.channel.close()
    }

    private func calls(_ client: EchoClient, _ count: Int, on loop: EventLoop) async throws {
        try await withThrowingTaskGroup { group in
            for share in 0..<atOnce {
                let calls = count / atOnce + (share < count % atOnce ? 1 : 0)
                group.addTask(executorPreference: loop) {
                    let request = EchoRequest.filled(20)
                    for _ in 0..<calls {
                        let reply = try await client.unary(request)
                        guard reply.payload == request.payload else { throw RPCError(.dataLoss, "a reply is not its request's") }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func messages(_ client: EchoClient) async throws {
        let received = try await client.bidiStream { requests, replies in
            async let sent: Void = {
                let request = EchoRequest.filled(100)
                for _ in 0..<count { try await requests.send(request) }
                requests.finish()
            }()
            var received = 0
            for try await reply in replies where reply.payload.count == 100 { received += 1 }
            try await sent
            return received
        }
        guard received == count else { throw RPCError(.dataLoss, "of \(count) messages \(received) came back") }
    }
}

extension EchoRequest {
    fileprivate static func filled(_ count: Int) -> EchoRequest {
        var request = EchoRequest()
        request.payload = [UInt8](repeating: 7, count: count)
        return request
    }
}
