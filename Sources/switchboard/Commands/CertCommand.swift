internal import Console
internal import Crypto
internal import Platform

/// `switchboard cert authority | issue NAME | revoke [FILE...]`: certificates, made and taken back offline.
struct CertCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(
            words, options: ["--state", "--ca", "--ca-key", "--trust-domain", "--names", "--days", "--out", "--list"])
    }

    func run() throws {
        switch arguments.operands.first {
        case "authority" where arguments.operands.count == 1: try makeAuthority()
        case "issue" where arguments.operands.count == 2: try issue(arguments.operands[1])
        case "revoke": try revoke(arguments.operands.dropFirst())
        default: throw UsageError("`cert` is followed by `authority`, by `issue` and one name, or by `revoke` and files of certificates.")
        }
    }

    private func makeAuthority() throws {
        let authority = try CertificateAuthority(creating: "Switchboard CA", validity: try validity(defaultDays: 3_650))
        try store(authority.certifiedKey, as: "ca")
    }

    private func authority(_ state: StateFolder?) throws -> CertificateAuthority {
        guard let certificate = arguments["--ca"] ?? state?.authorityCertificate, let key = arguments["--ca-key"] ?? state?.authorityKey
        else {
            throw UsageError("Say with --ca and --ca-key, or with --state, which authority issues it.")
        }
        return try CertificateAuthority(certificatePEM: Files.read(certificate), privateKeyPEM: SecretFile.read(key))
    }

    /// A new list of what the one before had, and these; without any, only a fresher one.
    private func revoke(_ paths: some Sequence<String>) throws {
        let authority = try authority(try arguments["--state"].map(developmentState))
        let path = arguments["--list"] ?? "revoked.pem"
        let previous = Files.exists(path) ? try RevocationList.lists(pem: Files.read(path)).first : nil
        if let previous, previous.issuer != authority.certificate.subject {
            throw Failure("\(path) is the list of \(previous.issuer), not of \(authority.certificate.subject).")
        }
        let certificates = try paths.map { path in
            let certificate = try Certificate(pem: Files.read(path))
            guard certificate.issuer == authority.certificate.subject else {
                throw Failure("The certificate in \(path) is of \(certificate.issuer), not of \(authority.certificate.subject).")
            }
            return certificate
        }
        let list = try authority.revocationList(revoking: certificates, after: previous, validity: try validity(defaultDays: 30))
        try Files.write(list.pem(), to: path)
        Screen.show(path)
    }

    private func issue(_ name: String) throws {
        let state = try arguments["--state"].map(developmentState)
        let authority = try authority(state)
        let validity = try validity(defaultDays: 90)
        if let names = arguments["--names"] {
            let template = CertificateTemplate(
                commonName: name, names: try names.commaSeparated.map(Self.name), usages: [.server], validity: validity)
            return try store(authority.issue(template), as: name)
        }
        guard let trustDomain = arguments["--trust-domain"] ?? state.map({ _ in DevelopmentKeys.trustDomain }) else {
            throw UsageError("Say with --trust-domain whose service it names, or with --names which server.")
        }
        let template = try CertificateTemplate.client(service: name, trustDomain: trustDomain, validity: validity)
        guard ServiceIdentity.isServiceName(name) else {
            throw UsageError("A service's name is 1 to 63 lower-case letters, digits and hyphens, not \"\(name)\".")
        }
        try store(authority.issue(template), as: name)
    }

    private func store(_ pair: CertifiedKey, as name: String) throws {
        guard !name.contains("/"), !name.hasPrefix(".") else { throw UsageError("\"\(name)\" cannot be the name of a file.") }
        let folder = arguments["--out"] ?? "."
        let (certificate, key) = ("\(folder)/\(name).pem", "\(folder)/\(name).key")
        for path in [certificate, key] where Files.exists(path) { throw Failure("\(path) is already there: remove it first.") }
        try Files.makeFolder(folder)
        try Files.write(pair.privateKeyPEM(), to: key, mode: 0o600)
        try Files.write(pair.certificatePEM(), to: certificate)
        Screen.show("\(certificate)\n\(key)")
    }

    /// From an hour ago, since the clocks of two machines differ.
    private func validity(defaultDays: Int) throws -> ClosedRange<Int64> {
        let days = try arguments.integer("--days", in: 1...3_650) ?? defaultDays
        let now = UnixTime.now()
        return (now - 3_600)...(now + Int64(days) * 86_400)
    }

    private static func name(_ text: String) throws -> SubjectAlternativeName {
        (try? SubjectAlternativeName(ipAddress: text)) ?? .dns(text)
    }
}

extension String {
    var commaSeparated: [String] {
        split(separator: ",").map(String.init)
    }
}

/// The state folder of a development server that was started before.
func developmentState(_ path: String) throws -> StateFolder {
    let state = StateFolder(path.path(relativeTo: Files.currentFolder))
    guard Files.exists(state.authorityCertificate) else {
        throw Failure("\(state.path) is not the state folder of a development server: start one with `switchboard dev --state DIR`.")
    }
    return state
}
