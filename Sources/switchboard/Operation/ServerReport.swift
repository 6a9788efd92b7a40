internal import AdminAPI
internal import AdminServer
internal import Crypto
internal import Glibc
internal import HTTP2
internal import Net
internal import Platform
internal import Postgres
internal import RPC
internal import StandardTypes
internal import TLS

/// What a running server is and does, in the words of its administration. None of it is secret.
struct ServerReport: Sendable {
    let server: Server
    let database: Database
    let reloads: Reloads
    let keyRing: KeyRing
    let address: SocketAddress
    /// Seconds since 1970.
    let startedAt: Int64
    /// What is remembered, by its name.
    let caches: [String: @Sendable () -> CacheStatistics]

    func information() async -> ServerInfoReply {
        let state = reloads.current
        var reply = ServerInfoReply()
        reply.version = Version.text
        reply.startedAt = Timestamp(unixSeconds: startedAt)
        reply.address = "\(address)"
        reply.processID = Int64(getpid())
        reply.loops = zip(server.connectionCounts, server.loopLags).map { count, lag in
            var loop = ServerInfoReply.Loop()
            loop.connections = Int64(count)
            loop.lag = StandardTypes.Duration(max(lag.now, lag.longest))
            return loop
        }
        reply.runningCalls = Int64(server.runningCalls)
        reply.schemas = Self.schemas
        reply.keys = keys(state.files)
        if let certificate = state.files.tls.certificate { reply.certificate = Self.certificate(certificate) }
        reply.configurationDigest = state.settings.digest
        reply.configuredAt = Timestamp(unixSeconds: state.readAt)
        let statistics = await database.statistics()
        var storage = ServerInfoReply.Database()
        storage.connections = Int64(statistics.open)
        storage.waiting = Int64(statistics.waiting)
        reply.database = storage
        reply.caches = caches.sorted { $0.key < $1.key }.map { name, statistics in
            var cache = ServerInfoReply.Cache()
            let counts = statistics()
            cache.name = name
            cache.hits = Int64(counts.hits)
            cache.misses = Int64(counts.misses)
            cache.joined = Int64(counts.joined)
            return cache
        }
        return reply
    }

    func connections(after place: ConnectionPlace?, limit: Int) async -> [(place: ConnectionPlace, connection: ServerConnection)] {
        let from = place.map { ConnectionSummary.Place(loop: $0.loop, number: $0.number) }
        let now = UnixTime.now()
        return await server.connections(after: from, limit: limit).map { summary in
            var connection = ServerConnection()
            connection.address = "\(summary.address)"
            connection.service = summary.certificate?.spiffeID ?? ""
            connection.certificateThumbprint = summary.certificate?.thumbprint ?? ""
            connection.tlsVersion =
                switch summary.tlsVersion {
                case .tls13: "TLS 1.3"
                case .tls12: "TLS 1.2"
                case nil: ""
                }
            connection.since = Timestamp(unixSeconds: now - summary.age.components.seconds)
            connection.openStreams = Int64(summary.openStreams)
            connection.openedStreams = Int64(summary.openedStreams)
            connection.runningCalls = Int64(summary.runningCalls)
            connection.isDraining = summary.isDraining
            return (ConnectionPlace(loop: summary.place.loop, number: summary.place.number), connection)
        }
    }

    private func keys(_ files: ServerFiles) -> [ServerInfoReply.Key] {
        func key(_ id: String, _ use: String) -> ServerInfoReply.Key {
            var key = ServerInfoReply.Key()
            key.id = id
            key.use = use
            return key
        }
        let sealing = keyRing.contents.map { entry in
            switch entry.use {
            case .primary: key(entry.id, "seals")
            case .opening: key(entry.id, "opens")
            case .retired: key(entry.id, "retired")
            }
        }
        return files.tokenKeys.keys.map(\.keyID).sorted().map { key($0, "verifies tokens") } + sealing
    }

    private static var schemas: [ServerInfoReply.Schema] {
        var numbers: [String: Int] = [:]
        for migration in Schema.migrations { numbers[migration.service] = max(numbers[migration.service] ?? 0, migration.number) }
        return numbers.sorted { $0.key < $1.key }.map { part, number in
            var schema = ServerInfoReply.Schema()
            schema.part = part
            schema.number = Int64(number)
            return schema
        }
    }

    private static func certificate(_ certificate: Certificate) -> ServerInfoReply.Certificate {
        var shown = ServerInfoReply.Certificate()
        shown.names = "\(certificate)"
        shown.thumbprint = certificate.thumbprint
        shown.notBefore = Timestamp(unixSeconds: certificate.notBefore)
        shown.notAfter = Timestamp(unixSeconds: certificate.notAfter)
        return shown
    }
}

extension Timestamp {
    fileprivate init(unixSeconds: Int64) {
        self.init()
        seconds = unixSeconds
    }
}

extension StandardTypes.Duration {
    init(_ duration: Swift.Duration) {
        self.init()
        let parts = duration.components
        seconds = parts.seconds
        nanos = Int32(truncatingIfNeeded: parts.attoseconds / 1_000_000_000)
    }
}
