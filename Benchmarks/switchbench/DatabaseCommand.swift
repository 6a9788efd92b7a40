internal import Glibc
internal import LeadAPI
internal import Net
internal import RPC
internal import Synchronization
internal import TLS

/// `switchbench database`: creates leads through a server, for those who watch what that costs it.
struct DatabaseCommand {
    private var target = ""
    private var certificate = ""
    private var key = ""
    private var roots = ""
    private var tokenFile = ""
    private var calls = 20_000
    private var atOnce = 64

    static let usage = """
        usage: switchbench database --target HOST:PORT --cert F --key F --ca F --token F [--calls N] [--at-once M]

        Creates N leads (20000) by LeadService/CreateLead over mutual TLS, M at once (64), on one connection, each with an idempotency-key
        and an address that no other has. Prints how many that made a second, and how long the slowest hundredth took.
        Benchmarks/database.sh does it all, pgbench beside it.
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
        let client = LeadServiceClient(try Channel(target, configuration: configuration, loop: loop))
        let metadata = Metadata([("authorization", "Bearer \(try token())")])
        // Different from those of any other run.
        let run = UInt64.random(in: 0..<1 << 40)
        let began = MonotonicTime.now()
        let times = try await withThrowingTaskGroup { group in
            for share in 0..<atOnce {
                group.addTask(executorPreference: loop) { [calls, atOnce] in
                    var times: [Int64] = []
                    for number in stride(from: share, to: calls, by: atOnce) {
                        let begun = MonotonicTime.now()
                        try await create(client, metadata, "\(run)-\(number)")
                        times.append((MonotonicTime.now() - begun).wholeNanoseconds)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let seconds = Double((MonotonicTime.now() - began).wholeNanoseconds) / 1e9
        let slow = Double(times[times.count * 99 / 100]) / 1e6
        print("\(calls) calls, \(Int(Double(calls) / seconds)) a second, p99 \((slow * 100).rounded() / 100) ms")
        await client.channel.close()
    }

    private func token() throws -> String {
        guard let file = unsafe fopen(tokenFile, "r") else { throw UsageError("\(tokenFile) cannot be read") }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
    }

    private func create(_ client: LeadServiceClient, _ metadata: Metadata, _ name: String) async throws {
        var request = CreateLeadRequest()
        var lead = Lead()
        lead.firstName = "Ada"
        lead.lastName = "Lovelace"
        lead.email = "lead-\(name)@example.com"
        lead.company = "Analytical Engines"
        request.lead = lead
        var metadata = metadata
        metadata.append("idempotency-key", "key-\(name)")
        let reply = try await client.createLead(request, CallOptions(metadata: metadata, timeout: .seconds(30)))
        guard reply.email == lead.email else { throw RPCError(.dataLoss, "a reply is not its request's") }
    }
}
