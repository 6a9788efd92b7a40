internal import Glibc
internal import Net

/// A real mail server: Debian's Exim, unprivileged, on loopback, with everything it has in a folder of its own. It takes mail for
/// example.com after STARTTLS and a password, and appends it to one mailbox.
public final class EximServer: Sendable {
    public let port: UInt16
    private let folder: String
    private let program: Program
    private let files: TestPKIFiles
    /// What its certificate, for 127.0.0.1, descends from, in PEM.
    public var authority: String { files.authority }

    public static let user = "switchboard"
    public static let password = "s3cret"

    public static func start() async throws -> EximServer {
        // The port may be taken by somebody else between the look and the start.
        for _ in 0..<20 {
            let server = try EximServer(port: try ScriptedServer.freePort())
            if try await server.isListening() { return server }
        }
        throw ProgramFailure("Exim does not start")
    }

    private init(port: UInt16) throws {
        self.port = port
        files = try TestPKIFiles()
        var template = Array("/tmp/switchboard-exim-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw ProgramFailure("no folder for Exim: errno \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = "\(folder)/exim.conf"
        let certificate = "\(folder)/server.pem"
        let key = "\(folder)/server.key"
        try Self.write(try Self.read(files.server), to: certificate)
        try Self.write(try Self.read(files.serverKey), to: key)
        try Self.write(Self.configuration(folder: folder, port: port, certificate: certificate, key: key), to: path)
        var command = ["/usr/sbin/exim4", "-C", path, "-bdf"]
        if geteuid() == 0 {
            // As root it would distrust a configuration from elsewhere.
            guard let user = unsafe getpwnam("Debian-exim") else { throw ProgramFailure("there is no user Debian-exim; run `make test`") }
            for file in [folder, path, certificate, key] { unsafe chown(file, user.pointee.pw_uid, user.pointee.pw_gid) }
            command = ["setpriv", "--reuid=Debian-exim", "--regid=Debian-exim", "--init-groups", "--"] + command
        }
        program = try Program(command, errors: .amongOutput)
    }

    deinit {
        program.signal(SIGTERM)
        _ = unsafe system("rm -rf '\(folder)'")
    }

    /// The mailbox when it holds so many mails, each as its lines.
    public func mails(_ count: Int) async throws -> [[String]] {
        let deadline = MonotonicTime.now() + .seconds(300)
        while true {
            let mails = mailbox()
            if mails.count >= count { return mails }
            guard MonotonicTime.now() < deadline else { throw ProgramFailure("\(mails.count) mails came where \(count) should: \(log())") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// mbox: each mail begins with a line `From `; lines of a mail that do so are written with a > before it.
    public func mailbox() -> [[String]] {
        guard let bytes = try? Self.read("\(folder)/mailbox") else { return [] }
        var mails: [[String]] = []
        for line in bytes.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("From ") { mails.append([]) }
            if !mails.isEmpty { mails[mails.count - 1].append(String(line)) }
        }
        return mails
    }

    public func log() -> String {
        (try? Self.read("\(folder)/main.log")) ?? ""
    }

    private func isListening() async throws -> Bool {
        let deadline = MonotonicTime.now() + .seconds(120)
        let loop = try EventLoop(name: "look")
        defer { loop.shutdown() }
        while MonotonicTime.now() < deadline {
            if log().contains("listening for SMTP") { return true }
            if log().contains("Address already in use") { return false }
            try await loop.sleep(for: .milliseconds(10))
        }
        return false
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw ProgramFailure("cannot write \(path)") }
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    private static func read(_ path: String) throws -> String {
        guard let file = unsafe fopen(path, "r") else { throw ProgramFailure("cannot read \(path)") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    private static func configuration(folder: String, port: UInt16, certificate: String, key: String) -> String {
        """
        spool_directory = \(folder)/spool
        log_file_path = \(folder)/%s.log
        pid_file_path = \(folder)/exim.pid
        primary_hostname = mail.test
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(port)
        tls_advertise_hosts = *
        tls_certificate = \(certificate)
        tls_privatekey = \(key)
        auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
        domainlist local_domains = example.com
        deliver_drop_privilege = true
        never_users =
        host_lookup =
        rfc1413_query_timeout = 0s
        smtputf8_advertise_hosts = *
        keep_environment =
        check_spool_space = 0
        smtp_accept_max = 200
        daemon_startup_retries = 0
        smtp_connect_backlog = 100
        queue_run_max = 5
        acl_smtp_rcpt = check_recipient
        acl_smtp_data = accept
        begin acl
        check_recipient:
          require authenticated = *
          deny local_parts = nobody
               message = No such mailbox
          defer local_parts = later
               message = Try again later
          accept domains = +local_domains
          deny message = We are no relay
        begin routers
        all:
          driver = accept
          transport = box
        begin transports
        box:
          driver = appendfile
          file = \(folder)/mailbox
          return_path_add
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_condition = ${if and{{eq{$auth2}{\(user)}}{eq{$auth3}{\(password)}}}}
          server_set_id = $auth2

        """
    }
}
