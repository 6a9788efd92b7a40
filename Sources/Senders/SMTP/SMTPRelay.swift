public import TLS

/// A server that takes our mail: where it is, how the way there is protected, and who we are to it.
public struct SMTPRelay: Sendable {
    public enum Security: Sendable {
        /// STARTTLS, without which nothing is sent (RFC 3207): a server that does not offer it may be somebody in between.
        case startTLS(TLSContext)
        /// TLS from the first byte (RFC 8314, port 465).
        case implicitTLS(TLSContext)
        /// Nothing at all: for a relay on this machine. No password is ever sent so.
        case none
    }

    public struct Credentials: Sendable {
        let user: String
        let password: String

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public let host: String
    public let port: UInt16
    public let security: Security
    public let credentials: Credentials?
    /// What we call ourselves in EHLO: our domain name.
    public let clientName: String

    /// - Parameters:
    ///   - host: its name, which its certificate must be for.
    ///   - security: contexts without application protocols, since SMTP names none.
    public init(
        host: String, port: UInt16 = 587, security: Security, credentials: Credentials? = nil, clientName: String
    ) throws(SenderError) {
        if case .none = security, credentials != nil {
            throw .configuration("A password for the mail relay \(host) would be sent for all to read. Use STARTTLS or implicit TLS.")
        }
        let isName = clientName.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || "-.[]:".utf8.contains($0)
        }
        guard isName, !clientName.isEmpty, clientName.utf8.count <= Limits.addressBytes else {
            throw .configuration("\"\(PrintableText.of(clientName))\" is no name for EHLO: write this server's domain name.")
        }
        if let credentials, credentials.user.utf8.contains(0) || credentials.password.utf8.contains(0) {
            throw .configuration("User and password of the mail relay \(host) cannot hold a NUL character.")
        }
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.clientName = clientName
    }

    /// Whether STARTTLS has to be said.
    var demandsStartTLS: Bool {
        if case .startTLS = security { true } else { false }
    }
}
