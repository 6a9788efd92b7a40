internal import Glibc
internal import Net
internal import RPC
internal import Synchronization
internal import TLS

/// `switchbench database`: has a server write to its database, for those who watch what that costs it.
struct DatabaseCommand {
    private var target = ""
    private var certificate = ""
    private var key = ""
    private var roots = ""
    private var tokenFile = ""
    private var calls = 20_000
    private var atOnce = 64
    private var workload = "leads"

    static let usage = """
        usage: switchbench database --target HOST:PORT --cert F --key F --ca F --token F [--calls N] [--at-once M] [--workload NAME]

        Makes N calls (20000) over mutual TLS, M at once (64), on one connection: `leads` (CreateLead), `invoices` (IssueInvoice with five
        lines), `previews` (PreviewTax of fifty lines) or `balances` (TrialBalance as of days in December 2024). Prints how many that made a
        second, and how long the median and the slowest hundredth took. Benchmarks/database.sh does it all, pgbench beside it.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--target": target = try options.value()
            case "--cert": certificate = try options.value()
            case "--key": key = try options.value()
            case "--ca": roots = try options.value()
            case "--token": tokenFile = try options.value()
            case "--calls": calls = try options.number()
            case "--at-once": atOnce = try options.number()
            case "--workload": workload = try options.value()
            default: throw options.unknown
            }
        }
        guard ![target, certificate, key, roots, tokenFile].contains("") else {
            throw UsageError("--target, --cert, --key, --ca and --token are needed")
        }
        guard calls > 0, (1...100).contains(atOnce) else { throw UsageError("--calls is at least 1, --at-once 1 to 100") }
    }

    func run() async throws {
        let loop = try EventLoop(name: "database")
        var configuration = Channel.Configuration()
        configuration.tls = try .client(roots: .file(roots), certificateChain: .file(certificate), privateKey: .file(key))
        configuration.serverName = "127.0.0.1"
        let channel = try Channel(target, configuration: configuration, loop: loop)
        let metadata = Metadata([("authorization", "Bearer \(try token())")])
        let workload = try await workload(channel, metadata)
        // Different from those of any other run.
        let run = UInt64.random(in: 0..<1 << 40)
        let began = MonotonicTime.now()
        let times = try await withThrowingTaskGroup { group in
            for share in 0..<atOnce {
                group.addTask(executorPreference: loop) { [calls, atOnce] in
                    var times: [Int64] = []
                    for number in stride(from: share, to: calls, by: atOnce) {
                        let begun = MonotonicTime.now()
                        try await workload.call("\(run)-\(number)")
                        times.append((MonotonicTime.now() - begun).wholeNanoseconds)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let seconds = Double((MonotonicTime.now() - began).wholeNanoseconds) / 1e9
        let (median, slow) = (Double(times[times.count / 2]) / 1e6, Double(times[times.count * 99 / 100]) / 1e6)
        print(
            "\(calls) calls, \(Int(Double(calls) / seconds)) a second, median \((median * 100).rounded() / 100) ms, "
                + "p99 \((slow * 100).rounded() / 100) ms")
        await channel.close()
    }

    private func workload(_ channel: Channel, _ metadata: Metadata) async throws -> any Workload {
        switch workload {
        case "leads": LeadWorkload(channel, metadata)
        case "invoices": try await InvoiceWorkload(channel, metadata)
        case "previews": try await PreviewWorkload(channel, metadata)
        case "balances": TrialBalanceWorkload(channel, metadata)
        default: throw UsageError("there is no workload \(workload)")
        }
    }

    private func token() throws -> String {
        guard let file = unsafe fopen(tokenFile, "r") else { throw UsageError("\(tokenFile) cannot be read") }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
    }
}
