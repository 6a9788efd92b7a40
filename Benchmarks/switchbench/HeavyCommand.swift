internal import BenchAPI
internal import Glibc
internal import Net
internal import Protobuf
internal import RPC
internal import Synchronization

/// `switchbench heavy`: how long a call waits that needs next to nothing, beside calls that keep every processor busy.
struct HeavyCommand {
    private var calls = 5_000
    private var heavyCalls = 16
    private var milliseconds: Int32 = 50
    private var loops = 1
    private var onLoop = false

    static let usage = """
        usage: switchbench heavy [--calls N] [--heavy-calls N] [--cpu-ms N] [--loops N] [--on-loop]

        Serves bench.v1.Echo and bench.v1.Work on loopback, keeps --heavy-calls (16) calls of Work/Compute open, each of which keeps a
        processor busy for --cpu-ms (50), and meanwhile makes --calls (5000) calls of Echo/Unary on the same connection, one after the
        other. Prints their times in milliseconds, and how late the server's loops were. --on-loop has the heavy handlers run where no
        heavy handler should.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--calls": calls = try options.number()
            case "--heavy-calls": heavyCalls = try options.number()
            case "--cpu-ms": milliseconds = try options.number()
            case "--loops": loops = try options.number()
            case "--on-loop": onLoop = true
            default: throw options.unknown
            }
        }
        guard calls > 0, (0...90).contains(heavyCalls), (1...10_000).contains(milliseconds), (1...256).contains(loops) else {
            throw UsageError("there are 1 call or more, 0 to 90 heavy calls of 1 to 10000 ms, and 1 to 256 loops")
        }
    }

    func run() async throws {
        let server = try Server(services: [EchoService(), WorkService()], loops: EventLoopGroup(count: loops))
        let address = try await server.start(on: "127.0.0.1:0")
        let channel = try Channel("\(address)", loop: EventLoop(name: "client"))
        let work = WorkClient(channel)
        let echo = EchoClient(channel)
        let load = Load()
        var times: [Duration] = []
        let request = ComputeRequest.with { $0.cpuMs = milliseconds }
        // The connection, and what is made for the first call, are nobody's waiting.
        _ = try await echo.unary(EchoRequest())
        let began = MonotonicTime.now()
        try await withThrowingTaskGroup { group in
            for _ in 0..<heavyCalls {
                group.addTask { [onLoop] in
                    while !load.isOver.load(ordering: .relaxed) {
                        _ = onLoop ? try await work.computeOnLoop(request) : try await work.compute(request)
                        load.computed.add(1, ordering: .relaxed)
                    }
                }
            }
            // From when the heavy ones are there.
            while load.computed.load(ordering: .relaxed) < heavyCalls { try await Task.sleep(for: .milliseconds(1)) }
            for _ in 0..<calls {
                let begun = MonotonicTime.now()
                _ = try await echo.unary(EchoRequest.with { $0.payload = [1, 2, 3] })
                times.append(MonotonicTime.now() - begun)
            }
            load.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        let seconds = Double((MonotonicTime.now() - began).wholeNanoseconds) / 1e9
        report(times.sorted(), heavyCalls: load.computed.load(ordering: .relaxed), seconds, server.loopLags)
        await channel.close()
        await server.drain(grace: .zero)
    }

    /// What the heavy calls share.
    private final class Load: Sendable {
        let isOver = Atomic<Bool>(false)
        let computed = Atomic<Int>(0)
    }

    private func report(_ times: [Duration], heavyCalls: Int, _ seconds: Double, _ lags: [LoopLag]) {
        func milliseconds(_ time: Duration) -> Double { (Double(time.wholeNanoseconds) / 10_000).rounded() / 100 }
        func share(_ part: Double) -> Double { milliseconds(times[min(times.count - 1, Int(Double(times.count) * part))]) }
        let rate = (Double(heavyCalls) / seconds * 10).rounded() / 10
        print("light calls \(times.count): p50 \(share(0.5)) ms, p99 \(share(0.99)) ms, p99.9 \(share(0.999)) ms, longest \(share(1)) ms")
        print("heavy calls \(heavyCalls): \(rate) in a second, of \(self.milliseconds) ms each")
        for (index, lag) in lags.enumerated() {
            print("loop \(index): longest turn \(milliseconds(lag.longest)) ms, \(lag.stalls) stalls")
        }
    }
}
