/// The folder in which `switchboard dev` keeps everything, and where `switchctl` finds what it needs for a call.
public struct StateFolder: Sendable, Equatable {
    public static let defaultName = ".switchboard"

    /// Absolute.
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// The state folder of a development server: the nearest `.switchboard` in one of `starts` or above it.
    public static func find(from starts: [String]) -> StateFolder? {
        for start in starts {
            var folder: String? = start
            while let current = folder {
                let candidate = StateFolder("\(current == "/" ? "" : current)/\(defaultName)")
                if Files.exists(candidate.address) { return candidate }
                folder = current.parentPath
            }
        }
        return nil
    }

    public var authorityCertificate: String { "\(path)/pki/ca.pem" }
    public var authorityKey: String { "\(path)/pki/ca.key" }
    public var serverCertificate: String { "\(path)/pki/server.pem" }
    public var serverKey: String { "\(path)/pki/server.key" }
    public var clientCertificate: String { "\(path)/pki/client.pem" }
    public var clientKey: String { "\(path)/pki/client.key" }
    public var tokenPrivateKey: String { "\(path)/keys/token.key" }
    public var tokenPublicKey: String { "\(path)/keys/token.pub" }
    /// What the keys of page tokens are derived from.
    public var secret: String { "\(path)/keys/server.secret" }
    /// What seals secrets in the database.
    public var keyRing: String { "\(path)/keys/ring" }
    /// What the server was started with, as `switchboard serve --config` reads it.
    public var configuration: String { "\(path)/config.json" }
    /// The tenant of a development server's own client.
    public static let tenant = "demo"
    /// A token for that tenant, bound to the client certificate.
    public var token: String { "\(path)/token" }
    /// Where the server listens, as `127.0.0.1:7443`.
    public var address: String { "\(path)/address" }
    /// Held by the running server, with its process id in it.
    public var lock: String { "\(path)/lock" }
    public var log: String { "\(path)/server.log" }
    /// The private PostgreSQL, or a file that holds the path of its folder.
    public var cluster: String { "\(path)/postgres" }
}
