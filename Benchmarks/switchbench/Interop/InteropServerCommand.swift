internal import Glibc
internal import InteropAPI
internal import Net
internal import RPC
internal import TLS

/// `switchbench interop-server`: serves `grpc.testing.TestService` to any gRPC library's interoperability client.
struct InteropServerCommand {
    private var port: UInt16 = 0
    private var usesTLS = false
    private var certificate: String?
    private var key: String?

    static let usage = """
        usage: switchbench interop-server --port P [--tls --cert F --key F]

        Serves grpc.testing.TestService on 127.0.0.1:P (0 takes a free port) until SIGINT or SIGTERM.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        var hasPort = false
        while let option = options.next() {
            switch option {
            case "--port": (port, hasPort) = (try options.number(), true)
            case "--tls": usesTLS = true
            case "--cert": certificate = try options.value()
            case "--key": key = try options.value()
            default: throw options.unknown
            }
        }
        guard hasPort else { throw UsageError("--port is missing") }
        guard usesTLS == (certificate != nil), usesTLS == (key != nil) else {
            throw UsageError("--tls, --cert and --key go together")
        }
    }

    func run() async throws {
        let signals = try Signals.stream([Signals.interrupt, Signals.terminate])
        var tls: TLSContext?
        if let certificate, let key { tls = try TLSContext.server(certificateChain: .file(certificate), privateKey: .file(key)) }
        let server = try Server(
            services: [InteropService()], interceptors: [EchoTestMetadata()], configuration: Server.Configuration(tls: tls),
            loops: try EventLoopGroup())
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: port))
        print("serving grpc.testing.TestService on \(address), \(usesTLS ? "TLS" : "cleartext")")
        fflush(nil)
        for await _ in signals { break }
        await server.drain(grace: .seconds(5))
    }
}
