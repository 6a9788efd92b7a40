internal import InteropAPI
internal import Net
internal import RPC
internal import TLS

/// `switchbench interop-client`: one test of gRPC's interoperability suite against any gRPC library's server.
struct InteropClientCommand {
    private var host = "127.0.0.1"
    private var port: UInt16?
    private var testCase: InteropCase?
    private var usesTLS = false
    private var roots: String?
    private var serverName: String?
    private var soak = InteropPeer.Soak()

    static let usage = """
        usage: switchbench interop-client --port P --test-case C [--host H] [--tls --ca F [--server-name N]]
                                          [--soak-iterations N] [--soak-per-call-ms N] [--soak-failures N]

        Runs one test of gRPC's interoperability suite against the server at H:P (127.0.0.1 by default), and exits with 0 only
        if it passed. The tests: \(InteropCase.all.map(\.name).joined(separator: ", ")).
        And for a server that fails the calls which ask for it: \(InteropCase.retried.map(\.name).joined(separator: ", ")).
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--host": host = try options.value()
            case "--port": port = try options.number()
            case "--test-case":
                let name = try options.value()
                testCase = InteropCase.named(name)
                if testCase == nil { throw UsageError("there is no test \(name)") }
            case "--tls": usesTLS = true
            case "--ca": roots = try options.value()
            case "--server-name": serverName = try options.value()
            case "--soak-iterations": soak.iterations = try options.number()
            case "--soak-per-call-ms": soak.perCall = .milliseconds(try options.number() as Int)
            case "--soak-failures": soak.permittedFailures = try options.number()
            default: throw options.unknown
            }
        }
        guard port != nil else { throw UsageError("--port is missing") }
        guard testCase != nil else { throw UsageError("--test-case is missing") }
        guard usesTLS == (roots != nil) else { throw UsageError("--tls and --ca go together") }
        guard usesTLS || serverName == nil else { throw UsageError("--server-name needs --tls") }
    }

    func run() async throws {
        guard let testCase, let port else { return }
        let loops = try EventLoopGroup(count: 1)
        var configuration = Channel.Configuration(serverName: serverName)
        if let roots { configuration.tls = try TLSContext.client(roots: .file(roots)) }
        let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let newChannel = { @Sendable [configuration] in try Channel(target, configuration: configuration, loop: loops.loops[0]) }
        let channel = try newChannel()
        try await testCase.run(InteropPeer(client: TestServiceClient(channel), newChannel: newChannel, soak: soak))
        await channel.close()
        print("\(testCase.name): passed")
    }
}
