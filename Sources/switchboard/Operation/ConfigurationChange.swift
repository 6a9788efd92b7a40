internal import Platform

/// What two configurations differ in, by the names of their fields, and which of it a running server can take over.
struct ConfigurationChange: Equatable {
    var live: [String] = []
    var needsRestart: [String] = []

    /// Fields that name files whose contents a running server takes over when they change.
    static let liveFiles: Set<String> = [
        "certificates.certificateFile", "certificates.keyFile", "certificates.clientRootsFile", "certificates.revocationListFiles",
        "identity.tokenKeys", "identity.issuers", "secrets.keyRingFile", "storage.passwordFile", "mail.passwordFile",
        "mail.rootsFile", "textMessages.tokenFile", "textMessages.rootsFile", "whatsapp.tokenFile", "whatsapp.rootsFile",
        "webhooks.receivers", "webhooks.rootsFile",
    ]

    init(from old: (settings: Settings, files: ServerFiles), to new: (settings: Settings, files: ServerFiles)) {
        func compare(_ name: String, isLive: Bool, _ isSame: Bool) {
            if isSame || live.contains(name) { return }
            if isLive { live.append(name) } else { needsRestart.append(name) }
        }
        let (was, now) = (old.settings, new.settings)
        compare("listen.address", isLive: false, was.address == now.address)
        compare("listen.loops", isLive: false, was.loops == now.loops)
        compare("listen.drainGrace", isLive: true, was.drainGrace == now.drainGrace)
        compare("certificates.acceptUnknownRevocation", isLive: true, was.acceptsUnknownRevocation == now.acceptsUnknownRevocation)
        compare("certificates.acceptTls12", isLive: true, was.acceptsTLS12 == now.acceptsTLS12)
        compare("identity.trustDomain", isLive: false, was.trustDomain == now.trustDomain)
        compare("identity.issuer", isLive: false, was.issuer == now.issuer)
        compare("identity.issuers", isLive: true, was.trustedIssuers == now.trustedIssuers)
        compare("identity.services", isLive: true, was.services == now.services && was.serviceRights == now.serviceRights)
        compare("identity.platformTenants", isLive: false, was.platformTenants == now.platformTenants)
        compare("storage.connection", isLive: false, was.server.connection == now.server.connection)
        compare("storage.directConnection", isLive: false, was.server.directConnection == now.server.directConnection)
        compare("storage.prepared", isLive: false, was.server.prepared == now.server.prepared)
        compare("storage.connectionsPerLoop", isLive: false, was.connectionsPerLoop == now.connectionsPerLoop)
        compare("limits.messageBytes", isLive: false, was.messageBytes == now.messageBytes)
        compare("limits.streamsPerConnection", isLive: false, was.streamsPerConnection == now.streamsPerConnection)
        compare("jobs.queues", isLive: false, was.queues == now.queues)
        // A server without a channel runs none of its jobs.
        let channels = [
            "mail": was.mail != nil && now.mail != nil, "textMessages": was.textMessages != nil && now.textMessages != nil,
            "whatsapp": was.whatsApp != nil && now.whatsApp != nil, "webhooks": was.webhooks != nil && now.webhooks != nil,
        ]
        func compareChannel(_ name: String, _ isSame: Bool) { compare(name, isLive: channels[name] == true, isSame) }
        compareChannel("mail", was.mail == now.mail)
        compare("mail.fromAddress", isLive: false, was.mail?.from == now.mail?.from)
        compareChannel("textMessages", was.textMessages == now.textMessages)
        compareChannel("whatsapp", was.whatsApp == now.whatsApp)
        compareChannel("webhooks", was.webhooks == now.webhooks)
        for name in Set(old.files.digests.keys).union(new.files.digests.keys).sorted() {
            // What is not there at the start is not waited for: a database without a password, say.
            let isThere = old.files.digests[name] != nil && new.files.digests[name] != nil
            let section = String(name.prefix { $0 != "." })
            let canChange = Self.liveFiles.contains(name) && (channels[section] ?? (isThere || section != "storage"))
            compare(name, isLive: canChange, old.files.digests[name] == new.files.digests[name])
        }
    }
}
