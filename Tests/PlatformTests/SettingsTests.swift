import ConfigAPI
import Net
import Protobuf
import Senders
import StandardTypes
import Testing

@testable import Platform

struct SettingsTests {
    /// The least that a server needs.
    private var least: Config {
        var config = Config()
        var certificates = Config.Certificates()
        certificates.certificateFile = "pki/server.pem"
        certificates.keyFile = "/keys/server.key"
        certificates.clientRootsFile = "pki/ca.pem"
        config.certificates = certificates
        var identity = Config.Identity()
        identity.trustDomain = "prod.example.com"
        identity.issuer = "example"
        var key = Config.TokenKey()
        key.id = "k1"
        key.publicKeyFile = "token.pub"
        identity.tokenKeys = [key]
        var service = Config.Service()
        service.name = "web"
        service.scopes = ["lead:*"]
        identity.services = [service]
        config.identity = identity
        var storage = Config.Storage()
        storage.connection = "dbname=switchboard"
        config.storage = storage
        config.secretFile = "secret"
        return config
    }

    private func problems(_ change: (inout Config) -> Void) -> [String] {
        var config = least
        change(&config)
        do {
            _ = try Settings(config, folder: "/etc/switchboard")
            return []
        } catch {
            return error.problems.map(\.field)
        }
    }

    @Test("what is left out has its default, and paths are relative to the file")
    func defaults() throws {
        let settings = try Settings(least, folder: "/etc/switchboard")
        #expect(settings.address == (try SocketAddress(ip: "127.0.0.1", port: 7443)))
        #expect(settings.loops == nil)
        #expect(settings.drainGrace == .seconds(10))
        #expect(settings.certificateFile == "/etc/switchboard/pki/server.pem")
        #expect(settings.keyFile == "/keys/server.key")
        #expect(settings.owner == nil)
        #expect(settings.connectionsPerLoop == 8)
        #expect(settings.server.prepared && settings.server.directConnection == nil)
        #expect(settings.messageBytes == 4_194_304)
    }

    @Test("foreign issuers and services are checked field by field")
    func identity() throws {
        var issuer = Config.Issuer()
        issuer.name = "elsewhere"
        issuer.keySetFile = "elsewhere.json"
        issuer.tenants = ["demo"]
        issuer.scopes = ["lead:read", "crew:*"]
        var config = least
        config.identity?.issuers = [issuer]
        let settings = try Settings(config, folder: "/etc/switchboard")
        #expect(settings.foreignIssuers.map(\.keySetFile) == ["/etc/switchboard/elsewhere.json"])
        #expect(settings.trustedIssuers.map(\.name) == ["example", "elsewhere"])
        #expect(settings.trustedIssuers.map(\.tenants) == [nil, ["demo"]])
        #expect(settings.services.allowed("web").contains("lead:write"))
        #expect(!settings.services.allowed("crew").contains("lead:read"))

        func found(_ change: (inout Config.Issuer) -> Void) -> [String] {
            var changed = issuer
            change(&changed)
            return problems { $0.identity?.issuers = [changed] }
        }
        #expect(found { $0.name = "example" } == ["identity.issuers[0].name"])
        #expect(found { $0.keySetFile = "" } == ["identity.issuers[0].keySetFile"])
        #expect(found { $0.tenants = [] } == ["identity.issuers[0].tenants"])
        #expect(found { $0.tenants = ["demo", "A"] } == ["identity.issuers[0].tenants[1]"])
        #expect(found { $0.scopes = [] } == ["identity.issuers[0].scopes"])
        for scope in ["lead", "lead:", ":read", "lead:re*", "LEAD:read", "lead:read:all", "*:*"] {
            #expect(found { $0.scopes = [scope] } == ["identity.issuers[0].scopes[0]"], "\(scope)")
        }
        #expect(problems { $0.identity?.services[0].name = "A b" } == ["identity.services[0].name"])
        #expect(problems { $0.identity?.services = [] } == ["identity.services"])
        #expect(try Settings(least, folder: "/etc/switchboard").platformTenants == ["platform"])
        #expect(problems { $0.identity?.platformTenants = ["acme", "A b"] } == ["identity.platformTenants[1]"])
        #expect(problems { $0.identity?.platformTenants = Array(repeating: "acme", count: 17) } == ["identity.platformTenants"])
        let services = least.identity?.services ?? []
        #expect(problems { $0.identity?.services = services + services } == ["identity.services[1].name"])
    }

    @Test("proxies whose word is taken are services of the trust domain")
    func believedProxies() throws {
        var config = least
        config.identity?.proxies = ["spiffe://prod.example.com/svc/edge"]
        #expect(try Settings(config, folder: "/").believedProxies.map(\.name) == ["edge"])
        #expect(
            problems { $0.identity?.proxies = ["edge", "spiffe://other.example/svc/edge", "spiffe://prod.example.com/svc/*"] } == [
                "identity.proxies[0]", "identity.proxies[1]", "identity.proxies[2]",
            ])
    }

    @Test("proxies are addresses or ranges of them, and what is none is named")
    func proxies() throws {
        var config = least
        config.listen = Config.Listen.with { $0.proxies = ["10.0.0.0/8", "::1"] }
        #expect(try Settings(config, folder: "/").proxies == [AddressRange("10.0.0.0/8"), AddressRange("::1")])
        #expect(
            problems { $0.listen = Config.Listen.with { $0.proxies = ["10.0.0.1", "10.0.0.1/8", "lb.example"] } } == [
                "listen.proxies[1]", "listen.proxies[2]",
            ])
    }

    @Test("behind a transaction pooler, statements are not kept prepared, and sessions go past it")
    func pooler() throws {
        var config = least
        config.storage?.directConnection = "host=/run/postgresql"
        config.storage?.prepared = false
        let settings = try Settings(config, folder: "/etc/switchboard")
        #expect(settings.server.directConnection == "host=/run/postgresql")
        #expect(!settings.server.prepared)
        #expect(problems { $0.storage?.directConnection = "postgresql://me:secret@host/x" } == ["storage.directConnection"])
    }

    @Test("the queues to work on are those that are named, or all")
    func queues() throws {
        #expect(try Settings(least, folder: "/").queues == nil)
        let handlers = [("a.one", "x"), ("a.two", "default"), ("a.three", "x")].map { kind, queue in
            JobHandler(JobKind<StringValue>(kind, queue: queue)) { _, _ in }
        }
        #expect(JobQueue.all(for: handlers) == [JobQueue("default"), JobQueue("x")])
        func queue(_ name: String, _ change: (inout Config.Queue) -> Void = { _ in }) -> Config.Queue {
            var queue = Config.Queue()
            queue.name = name
            change(&queue)
            return queue
        }
        var config = least
        config.jobs = Config.Jobs()
        config.jobs?.queues = [
            queue("default"),
            queue("out.bound-2") {
                $0.concurrency = 7
                $0.cap = 9
                $0.tenantCap = 3
            },
        ]
        #expect(
            try Settings(config, folder: "/").queues == [
                JobQueue("default", concurrency: 32), JobQueue("out.bound-2", concurrency: 7, cap: 9, tenantCap: 3),
            ])
        func problems(of queues: [Config.Queue]) -> [String] {
            self.problems {
                $0.jobs = .init()
                $0.jobs?.queues = queues
            }
        }
        #expect(problems(of: [queue("")]) == ["jobs.queues[0].name"])
        #expect(problems(of: [queue("Default")]) == ["jobs.queues[0].name"])
        #expect(problems(of: [queue("a"), queue("a")]) == ["jobs.queues[1].name"])
        #expect(problems(of: [queue("a") { $0.concurrency = 10_001 }]) == ["jobs.queues[0].concurrency"])
        #expect(problems(of: (0..<65).map { queue("q\($0)") }) == ["jobs.queues"])
    }

    @Test("E3 · a secret may be a credential that systemd has handed over; without any, or with a path for a name, it is refused")
    func credentials() throws {
        var config = least
        config.secretFile = "credential:server-secret"
        config.secrets = Config.Secrets()
        config.secrets?.keyRingFile = "credential:ring"
        let settings = try Settings(config, folder: "/etc/switchboard", credentialFolder: "/run/credentials/switchboard.service")
        #expect(settings.secretFile == "/run/credentials/switchboard.service/server-secret")
        #expect(settings.keyRingFile == "/run/credentials/switchboard.service/ring")
        #expect(!settings.isProduction)
        for (name, folder) in [("ring", nil), ("", "/run"), ("../ring", "/run"), (".ring", "/run"), ("a/b", "/run")] {
            config.secrets?.keyRingFile = "credential:\(name)"
            config.secretFile = "secret"
            let error = #expect(throws: ConfigurationError.self) { try Settings(config, folder: "/", credentialFolder: folder) }
            #expect(error?.problems.map(\.field) == ["secrets.keyRingFile"])
        }
    }

    @Test("port 0 is a choice, not a default")
    func anyPort() throws {
        var config = least
        config.listen = Config.Listen()
        config.listen?.port = 0
        #expect(try Settings(config, folder: "/").address.port == 0)
    }

    @Test("an empty configuration is told all that it lacks at once")
    func empty() {
        let error = #expect(throws: ConfigurationError.self) { try Settings(Config(), folder: "/") }
        #expect(
            error?.problems.map(\.field) == [
                "certificates.certificateFile", "certificates.keyFile", "certificates.clientRootsFile", "identity.trustDomain",
                "identity.issuer", "identity.tokenKeys", "identity.services", "storage.connection", "secretFile",
            ])
    }

    @Test("a value out of bounds is refused by its field")
    func bounds() {
        #expect(
            problems {
                $0.listen = .init(); $0.listen?.port = 65_536
            } == ["listen.port"])
        #expect(
            problems {
                $0.listen = .init(); $0.listen?.address = "localhost"
            } == ["listen.address"])
        #expect(
            problems {
                $0.listen = .init(); $0.listen?.loops = 257
            } == ["listen.loops"])
        #expect(
            problems {
                $0.limits = .init(); $0.limits?.messageBytes = .max
            } == ["limits.messageBytes"])
        #expect(problems { $0.storage?.connectionsPerLoop = 65 } == ["storage.connectionsPerLoop"])
        #expect(problems { $0.identity?.trustDomain = "Prod.Example" } == ["identity.trustDomain"])
        #expect(problems { $0.identity?.trustDomain = "a/b" } == ["identity.trustDomain"])
    }

    @Test("a grace is neither negative nor endless", arguments: [(-1, 0), (3_601, 0), (1, -1), (1, 1_000_000_000)] as [(Int64, Int32)])
    func grace(seconds: Int64, nanos: Int32) {
        let fields = problems { config in
            var grace = StandardTypes.Duration()
            grace.seconds = seconds
            grace.nanos = nanos
            config.listen = Config.Listen()
            config.listen?.drainGrace = grace
        }
        #expect(fields == ["listen.drainGrace"])
    }

    @Test("two keys of one name are refused")
    func twins() {
        let keys = least.identity?.tokenKeys ?? []
        #expect(problems { $0.identity?.tokenKeys = keys + keys } == ["identity.tokenKeys[1].id"])
    }

    @Test(
        "a password has no place in a connection string",
        arguments: [
            ("host=/run user=a", true), ("postgresql://a@localhost/db", true), ("postgresql:///db?host=/run", true),
            ("postgresql://[::1]:5432/db", true), ("host=/run password=x", false), ("host=/run PassWord = 'x'", false),
            ("postgresql://a:x@localhost/db", false), ("postgres://a:x@/db", false), ("postgresql://localhost/db?password=x", false),
        ])
    func password(connection: String, isFine: Bool) {
        #expect(problems { $0.storage?.connection = connection }.isEmpty == isFine)
    }

    @Test("mail goes through a relay by STARTTLS on port 587 unless told otherwise, and without a relay there is none")
    func mail() throws {
        #expect(try Settings(least, folder: "/etc/switchboard").mail == nil)
        var config = least
        var mail = Config.Mail()
        mail.relayHost = "mail.example.com"
        mail.clientName = "app.example.com"
        config.mail = mail
        #expect(
            try Settings(config, folder: "/etc/switchboard").mail
                == Settings.Mail(
                    host: "mail.example.com", port: 587, security: .startTLS, rootsFile: "/etc/ssl/certs/ca-certificates.crt", user: nil,
                    passwordFile: nil, clientName: "app.example.com"))
        mail.relayPort = 465
        mail.security = .implicitTls
        mail.rootsFile = "roots.pem"
        mail.user = "ada"
        mail.passwordFile = "mail.password"
        mail.fromAddress = "us@example.com"
        mail.fromName = "Us"
        config.mail = mail
        #expect(
            try Settings(config, folder: "/etc/switchboard").mail
                == Settings.Mail(
                    host: "mail.example.com", port: 465, security: .implicitTLS, rootsFile: "/etc/switchboard/roots.pem", user: "ada",
                    passwordFile: "/etc/switchboard/mail.password", clientName: "app.example.com",
                    from: Mailbox(name: "Us", MailAddress("us@example.com"))))
    }

    @Test("a relay that cannot be used is refused")
    func badMail() {
        func problems(_ change: (inout Config.Mail) -> Void) -> [String] {
            var mail = Config.Mail()
            mail.relayHost = "mail.example.com"
            mail.clientName = "app.example.com"
            change(&mail)
            return self.problems { $0.mail = mail }
        }
        #expect(problems { $0 = Config.Mail() } == ["mail.relayHost", "mail.clientName"])
        #expect(problems { $0.user = "ada" } == ["mail.passwordFile"])
        #expect(problems { $0.passwordFile = "x" } == ["mail.passwordFile"])
        #expect(problems { $0.relayPort = 70_000 } == ["mail.relayPort"])
        #expect(problems { $0.fromAddress = "us" } == ["mail.fromAddress"])
        let unprotected = problems { mail in
            mail.user = "ada"
            mail.passwordFile = "x"
            mail.security = .none
        }
        #expect(unprotected == ["mail.security"])
    }
}
