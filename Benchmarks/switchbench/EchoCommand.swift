internal import BenchAPI
internal import Glibc
internal import Net
internal import Platform
internal import RPC
internal import StandardServices
internal import TLS

/// `switchbench echo`: serves `bench.v1.Echo` on loopback until it is told to stop.
struct EchoCommand {
    private var port: UInt16?
    private var loops: Int?
    private var certificate: String?
    private var key: String?
    private var clientRoots: String?
    private var usesTLS = false
    private var echoesMetadata = false
    private var isSecured = false
    private var state: String?
    private var tokens: Int?

    static let usage = """
        usage: switchbench echo --port P [--tls --cert F --key F | --mtls --cert F --key F --ca F] [--loops N]
                                [--metadata] [--secured --state DIR [--tokens N]]

        Serves bench.v1.Echo on 127.0.0.1:P (0 takes a free port) until SIGINT or SIGTERM. Without a TLS option it speaks
        cleartext HTTP/2. --loops is the number of event loops; the default is one for each processor.
        --metadata sends metadata named echo-head… and echo-trailer… back, as what its name says, and fails as many attempts of a
        call as its fail-attempts asks, with its fail-pushback-ms.
        --secured serves it over mutual TLS behind all that a Switchboard server puts before its services, with the identities and
        the database of the development server whose state is in DIR. --tokens writes N tokens to DIR/bench-tokens first, and has
        that server let their callers call as often as they can.
        """

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var demandsClients = false
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--tls": usesTLS = true
            case "--mtls": (usesTLS, demandsClients) = (true, true)
            case "--port": port = try options.number()
            case "--loops": loops = try options.number()
            case "--cert": certificate = try options.value()
            case "--key": key = try options.value()
            case "--ca": clientRoots = try options.value()
            case "--metadata": echoesMetadata = true
            case "--secured": isSecured = true
            case "--state": state = try options.value()
            case "--tokens": tokens = try options.number()
            default: throw options.unknown
            }
        }
        guard port != nil else { throw UsageError("--port is missing") }
        if usesTLS, certificate == nil || key == nil { throw UsageError("TLS needs --cert and --key") }
        if !usesTLS, certificate != nil || key != nil || clientRoots != nil {
            throw UsageError("--cert, --key and --ca need --tls or --mtls")
        }
        if demandsClients != (clientRoots != nil) { throw UsageError("--mtls and --ca go together") }
        if isSecured != (state != nil) || isSecured && usesTLS { throw UsageError("--secured and --state go together, and without TLS's") }
        if tokens != nil, !isSecured { throw UsageError("--tokens needs --secured") }
        if let loops, !(1...256).contains(loops) { throw UsageError("--loops is a number from 1 to 256") }
    }

    func run() async throws {
        let group = try EventLoopGroup(count: loops)
        let echo = EchoService()
        let health = HealthService(services: [EchoService.serviceName])
        var services: [any Service] = [echo, health] + ReflectionService.all(for: [EchoService.self, HealthService.self])
        var interceptors: [any ServerInterceptor] = echoesMetadata ? [EchoMetadata(), FailAttempts()] : []
        var configuration = Server.Configuration(tls: try tls())
        var leases: QuotaLeases?
        if let state {
            let secured = try SecuredEcho(state: state)
            if let tokens {
                try secured.writeTokens(tokens, to: "\(state)/bench-tokens")
                try await secured.raiseQuotas(tokens)
            }
            let quotas = Quotas()
            leases = secured.leases(quotas, on: group)
            // Reads what was set.
            await leases?.start()
            configuration.tls = try secured.tls()
            services = services.map { SecuredEcho.governed($0) }
            interceptors = try secured.interceptors(for: services, quotas) + interceptors
        }
        configuration.draining = { health.shutDown() }
        let server = try Server(services: services, interceptors: interceptors, configuration: configuration, loops: group)
        let security = configuration.tls == nil ? "cleartext" : "TLS"
        try await server.run(on: "127.0.0.1:\(port ?? 0)", grace: .seconds(5)) { address in
            print("serving bench.v1.Echo on \(address), \(security), \(group.loops.count) loop(s)")
            fflush(nil)
        }
        await leases?.stop()
    }

    private func tls() throws -> TLSContext? {
        guard usesTLS, let certificate, let key else { return nil }
        return try TLSContext.server(
            certificateChain: .file(certificate), privateKey: .file(key), clientRoots: clientRoots.map { .file($0) })
    }
}
