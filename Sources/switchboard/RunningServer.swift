internal import AdminAPI
internal import AdminServer
internal import BillingServer
internal import LeadAPI
internal import HTTP2
internal import LeadServer
internal import Net
internal import Platform
internal import Postgres
internal import RPC
internal import Senders
internal import StandardServices
internal import TLS

/// The server with all its services, from its start to its end.
struct RunningServer {
    let address: SocketAddress
    private let server: Server
    private let database: Database
    private let trustFeed: TrustFeed
    /// Makes tokens.
    let issuer: TokenIssuer
    private let outbox: Outbox
    private let workers: JobWorkers
    private let leases: QuotaLeases
    /// Whose mails may be on their way; nil where none are sent.
    private let passwords: OneTimePasswords?
    private let loops: EventLoopGroup
    private let health: HealthService
    private let probe: Task<Void, Never>
    private let retention: Task<Void, Never>
    private let sealing: Task<Void, Never>
    private let parts: LiveParts
    private let reloads: Reloads
    private let control: ProcessControl
    private let log: Log

    /// Starts serving. The database must be reachable and migrated.
    ///
    /// - Parameter source: reads the configuration, now and again whenever it is to be reloaded.
    static func start(log: Log, source: @escaping @Sendable () throws -> Settings) async throws -> RunningServer {
        let settings = try source()
        let files = try ServerFiles(settings)
        var storage = try settings.server.database()
        storage.password = files.databasePassword
        storage.connectionsPerLoop = settings.connectionsPerLoop
        storage.log = { log.write(.warning, "database_said", ["text": .text($0)]) }
        try await Schema.demandMigrated(storage)
        try await Schema.demandBoundRole(storage)

        let loops = try EventLoopGroup(count: settings.loops)
        let database = Database(storage, loops: loops.loops)
        let leads = Leads(database: database, secret: files.secret, zones: try TimeZoneNames())
        let billing = Billing(database: database, secret: files.secret, mailbox: settings.mail?.from)
        let jobs = JobAdministration(database: database, secret: files.secret)
        let operations = Operations(database: database)
        let deliveries = DeliveryAdministration(database: database, secret: files.secret)
        let keyRing = KeyRing(files.keyRing)
        let control = ProcessControl(log: log)
        let trust = Trust(
            keys: TrustedKeys(issuers: settings.trustedIssuers, configured: files.tokenKeys), services: settings.services)
        let proof = SigningKeyProof(files.secret)
        let issuer = TokenIssuer(database: database, ring: keyRing, proof: proof, issuer: settings.issuer, trust: trust)
        // Before anybody reads the keys: its first token is verified everywhere.
        try await issuer.prepare()
        let trustFeed = TrustFeed(trust, database, proof: proof, keySets: files.keySets, on: loops.loops[0], log: log)
        try await trustFeed.start()
        let attempts = FailedAttempts()
        let quotas = Quotas()
        let leases = QuotaLeases(quotas, database, name: "\(settings.address)", on: loops.loops[0], log: log)
        await leases.start()
        let authenticator = Authenticator(trust, attempts: attempts)
        let directory = ServiceDirectory(settings.serviceRights)
        let administration = Administration(
            database: database, issuer: issuer, services: directory, quotas: leases, server: control, secret: files.secret)
        let tokens = Tokens(TokenDesk(issuer, trust, services: directory, declared: Scopes.all))
        let senders = OutboundSenders(files.senders, on: loops.next, log: log)
        let passwords = try OneTimePasswords.configured(settings, files.secret, database, senders, log: log)
        let codes = LeadOneTimePasswords(passwords)
        let health = HealthService(
            services: [
                Leads.serviceName, LeadOneTimePasswords.serviceName, JobAdministration.serviceName, Operations.serviceName,
                DeliveryAdministration.serviceName,
                Administration.serviceName, Tokens.serviceName, ReadinessProbe.liveness,
            ] + Billing.types.map { $0.serviceName })
        let services: [any Service] =
            [leads, codes, jobs, operations, deliveries, administration, tokens, health.governed] + billing.services
            + ReflectionService.governed(
                for: [
                    Leads.self, LeadOneTimePasswords.self, JobAdministration.self, Operations.self, DeliveryAdministration.self,
                    Administration.self, Tokens.self,
                    HealthService.self,
                ] + Billing.types)

        var configuration = Server.Configuration(tls: files.tls)
        configuration.requiresPolicies = true
        configuration.limits.receivedMessageBytes = settings.messageBytes
        configuration.connectionLimits.concurrentStreams = UInt32(settings.streamsPerConnection)
        configuration.proxies = settings.proxies
        configuration.handshakeFailed = { failure in
            log.write(
                .warning, "handshake_failed",
                [
                    "address": "\(failure.address)", "wanted": .text(failure.requestedName ?? ""), "result": .text(failure.result.rawValue),
                    "reason": .text(failure.reason),
                ])
        }
        configuration.violated = { violation, peer in
            log.write(.warning, "peer_cut_off", ["address": "\(peer.address)", "violation": .text(violation.rawValue)])
        }
        let server = try Server(
            services: services,
            interceptors: CallChain(settings, authenticator, attempts: attempts, quotas: quotas, log: log).interceptors(for: services),
            configuration: configuration, loops: loops)
        let address: SocketAddress
        do {
            address = try await server.start(on: settings.address)
        } catch let error as NetError {
            throw Failure(listening: settings.address, error)
        }
        log.write(.info, "server_started", ["address": "\(address)", "loops": .number(loops.loops.count)])
        let outbox = Outbox(database, on: loops.loops[0], log: log)
        leads.follow(outbox.feed)
        outbox.start()
        let handlers = senders.handlers(database) + billing.handlers
        let workers = JobWorkers(
            database, loops: loops.loops, queues: settings.queues ?? JobQueue.all(for: handlers), handlers: handlers, log: log)
        workers.start()
        let retention = Task { await Retention(database: database, issuer: issuer, log: log).run() }
        let sealing = Task { await LedgerSealer(database, log: log).run() }
        let readiness = ReadinessProbe(health, services: server.services, log: log) { await DatabaseProbe(database: database).failure() }
        let probe = Task { await readiness.run() }
        let parts = LiveParts(
            server: server, keyRing: keyRing, trust: trust, trustFeed: trustFeed, directory: directory, password: files.databasePassword,
            senders: senders,
            loop: loops.loops[0])
        let reloads = Reloads(settings, files, log: log, source: source)
        control.begin(
            ServerReport(
                server: server, database: database, reloads: reloads, keyRing: keyRing, address: address, startedAt: UnixTime.now(),
                caches: ["leads": { leads.rememberedStatistics }])
        ) {
            try await reloads.run(on: parts)
        }
        return RunningServer(
            address: address, server: server, database: database, trustFeed: trustFeed, issuer: issuer, outbox: outbox, workers: workers,
            leases: leases, passwords: passwords,
            loops: loops,
            health: health,
            probe: probe, retention: retention, sealing: sealing, parts: parts, reloads: reloads, control: control, log: log)
    }

    /// Reads the configuration and its files again. Calls go on, but for those of clients that are not let in any more; with files that cannot
    /// be used everything stays as it was. What came of it is in the log.
    func reload() async {
        _ = try? await reloads.run(on: parts)
        log.flush()
    }

    /// Says that it is going, lets calls in flight end, and closes everything.
    func stop() async {
        let grace = control.beginDrain() ?? reloads.current.settings.drainGrace
        log.write(.info, "server_draining")
        probe.cancel()
        retention.cancel()
        sealing.cancel()
        health.shutDown()
        // Jobs have the same time as calls; what does not end in it goes to other servers at once.
        async let jobsStopped: Void = workers.stop(grace: grace)
        await server.drain(grace: grace)
        await jobsStopped
        await passwords?.settle()
        await outbox.stop()
        await leases.stop()
        await trustFeed.stop()
        await database.shutdown()
        loops.shutdown()
        log.write(.info, "server_stopped")
        log.flush()
    }
}

extension Failure {
    /// An address that cannot be listened on.
    init(listening address: SocketAddress, _ error: NetError) {
        if error.isAddressInUse {
            self.init(
                "Port \(address.port ?? 0) of \(address.host) is taken, perhaps by another server: stop that, or choose another port."
            )
        } else {
            self.init("Cannot listen on \(address): \(error).")
        }
    }
}
