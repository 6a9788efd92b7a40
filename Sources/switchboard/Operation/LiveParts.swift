internal import AdminServer
internal import Net
internal import Platform
internal import Postgres
internal import RPC

/// What of a running server can become another one, and what it goes by now.
struct LiveParts: Sendable {
    let server: Server
    let keyRing: KeyRing
    let trust: Trust
    let trustFeed: TrustFeed
    let directory: ServiceDirectory
    /// Nil where PostgreSQL asks for none.
    let password: Database.Password?
    let senders: OutboundSenders
    let loop: EventLoop

    /// Takes over all that can be. Nothing of it fails, since the files were read before. Gives how many connections were ended.
    func take(_ settings: Settings, _ files: ServerFiles) async -> Int {
        // Keys before what needs them.
        keyRing.replace(with: files.keyRing)
        trust.configure(issuers: settings.trustedIssuers, keys: files.tokenKeys, services: settings.services)
        trustFeed.replace(keySets: files.keySets)
        directory.replace(with: settings.serviceRights)
        if let password, let new = files.databasePassword { password.replace(with: new) }
        senders.replace(with: files.senders, on: loop)
        return await server.reload(files.tls)
    }
}
