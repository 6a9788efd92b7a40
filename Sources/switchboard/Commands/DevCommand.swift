internal import ConfigAPI
internal import Console
internal import Glibc
internal import Net
internal import Platform
internal import Postgres
internal import Protobuf

/// `switchboard dev`: everything on this machine, ready with one command and gone with Ctrl-C, data kept.
struct DevCommand {
    private let state: StateFolder
    private let namesState: Bool
    private let port: UInt16
    private let isFresh: Bool

    init(_ words: some Sequence<String>) throws {
        let arguments = try Arguments(words, options: ["--state", "--port"], flags: ["--fresh"])
        try arguments.demandNoOperands()
        let folder = arguments["--state"] ?? StateFolder.defaultName
        guard !folder.isEmpty else { throw UsageError("--state needs the name of a folder.") }
        state = StateFolder(folder.path(relativeTo: Files.currentFolder))
        namesState = arguments["--state"] != nil
        port = UInt16(try arguments.integer("--port", in: 0...65_535) ?? Int(Settings.defaultPort))
        isFresh = arguments.has("--fresh")
    }

    func run() async throws {
        let began = MonotonicTime.now()
        let signals = try Signals.stream([Signals.interrupt, Signals.terminate, Signals.hangUp])
        let address = try SocketAddress(ip: "127.0.0.1", port: port)
        // A start that cannot succeed leaves no folder behind; but who starts twice on one folder should hear of that, not of the port.
        if !Files.exists(state.path) { try Self.demandFree(address) }
        try Files.makeFolder(state.path, mode: 0o700)
        let lock = try StateLock(state)
        try Self.demandFree(address)

        var cluster = try PrivateCluster(ClusterFolder.locate(state))
        if isFresh {
            try cluster.stopOrphan()
            try forget(cluster.folder)
            cluster = try PrivateCluster(ClusterFolder.locate(state))
        }
        let keys = try DevelopmentKeys(state, now: UnixTime.now())
        let token = DevelopmentToken(keys: keys, path: state.token)
        try cluster.makeIfMissing()
        let postgres = try cluster.start()
        do {
            try await serve(cluster, token, began: began, until: signals, hurry: { kill(postgres.id, SIGQUIT) })
        } catch {
            cluster.stop(postgres)
            throw error
        }
        cluster.stop(postgres)
        Screen.tell("Stopped. The data is kept in \(cluster.folder.path).")
        _ = consume lock
    }

    private func serve(
        _ cluster: PrivateCluster, _ token: DevelopmentToken, began: MonotonicTime, until signals: AsyncStream<Int32>,
        hurry: @escaping @Sendable () -> Void
    ) async throws {
        let configuration = configuration(cluster)
        try Files.write("\(try configuration.json())\n", to: state.configuration)
        let settings = try Settings(configuration, folder: state.path)
        if let owner = settings.owner {
            _ = try await Migrator(owner.database(), migrations: Schema.migrations).run()
        }
        // The screen is for the person; what happens afterwards goes to a file.
        let file = unsafe open(state.log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        let log = Log(to: file >= 0 ? file : STDERR_FILENO)
        let server = try await RunningServer.start(log: log) { settings }
        try Files.write("\(server.address)\n", to: state.address)
        let lifetime = try await token.write(server.issuer)
        let renewal = Task {
            await token.renew(server.issuer, lifetimeSeconds: lifetime) { log.write(.error, "token_not_renewed", ["error": "\($0)"]) }
        }
        Screen.show(screen(server.address, after: MonotonicTime.now() - began).text)
        await signals.untilAsked()
        Screen.tell("\nStopping …")
        renewal.cancel()
        let impatience = Task {
            // Whoever asks twice does not want to wait. PostgreSQL then recovers at the next start, as after a crash.
            guard await signals.untilAsked() else { return }
            hurry()
            ExitStatus.failure.exit()
        }
        await server.stop()
        impatience.cancel()
    }

    private func screen(_ address: SocketAddress, after duration: Duration) -> ReadyScreen {
        let invoked = CommandLine.arguments.first ?? ""
        let folder =
            invoked.contains("/")
            ? invoked.path(relativeTo: Files.currentFolder).parentPath : Files.resolved("/proc/self/exe")?.parentPath
        let (seconds, attoseconds) = duration.components
        return ReadyScreen(
            address: "\(address)", seconds: Double(seconds) + Double(attoseconds) / 1e18, client: "\(folder ?? "")/switchctl", state: state,
            namesState: namesState, clients: ForeignClients(state))
    }

    /// The same message that `serve` reads from a file.
    private func configuration(_ cluster: PrivateCluster) -> Config {
        var config = Config()
        var listen = Config.Listen()
        listen.port = UInt32(port)
        config.listen = listen
        var certificates = Config.Certificates()
        certificates.certificateFile = state.serverCertificate
        certificates.keyFile = state.serverKey
        certificates.clientRootsFile = state.authorityCertificate
        config.certificates = certificates
        var identity = Config.Identity()
        identity.trustDomain = DevelopmentKeys.trustDomain
        identity.issuer = DevelopmentKeys.issuer
        var key = Config.TokenKey()
        key.id = DevelopmentKeys.keyID
        key.publicKeyFile = state.tokenPublicKey
        identity.tokenKeys = [key]
        // Its one authority is on this machine: whatever certificate it issues may do what its token says.
        var everyone = Config.Service()
        everyone.name = "*"
        everyone.scopes = ["*"]
        everyone.mayActForOthers = true
        var client = Config.Service()
        client.name = DevelopmentKeys.clientService
        client.scopes = ["*"]
        client.tenants = ["*"]
        client.mayActForOthers = true
        identity.services = [everyone, client]
        // Whoever develops looks after his platform, too.
        identity.platformTenants = [StateFolder.tenant]
        config.identity = identity
        var storage = Config.Storage()
        storage.connection = cluster.connection(role: PrivateCluster.serverRole)
        storage.ownerConnection = cluster.connection(role: PrivateCluster.ownerRole)
        config.storage = storage
        config.secretFile = state.secret
        var secrets = Config.Secrets()
        secrets.keyRingFile = state.keyRing
        config.secrets = secrets
        return config
    }

    /// Fails early, before anything is started, when somebody listens there.
    private static func demandFree(_ address: SocketAddress) throws {
        do throws(NetError) {
            _ = try Listener(on: address)
        } catch {
            var failure = Failure(listening: address, error)
            if error.isAddressInUse { failure.description += " With `dev` that is --port N." }
            throw failure
        }
    }

    /// `--fresh`: removes what earlier starts made, and nothing else that may be in the folder.
    private func forget(_ folder: ClusterFolder) throws {
        try Files.remove(folder.path)
        for path in [state.cluster, state.configuration, state.token, state.address, state.log, "\(state.path)/pki", "\(state.path)/keys"] {
            try Files.remove(path)
        }
    }
}

extension NetError {
    var isAddressInUse: Bool {
        if case .system(_, EADDRINUSE) = self { true } else { false }
    }
}
