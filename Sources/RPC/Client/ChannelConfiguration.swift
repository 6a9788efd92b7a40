public import HTTP2
public import Net
public import TLS

extension Channel {
    public struct Configuration: Sendable {
        /// Nil for cleartext HTTP/2 by prior knowledge.
        public var tls: TLSContext? {
            get { tlsForNextConnection?() }
            set {
                guard let context = newValue else { return tlsForNextConnection = nil }
                tlsForNextConnection = { context }
            }
        }
        /// Asked for each new connection: a context that was reloaded serves the next one. Nil for cleartext.
        public var tlsForNextConnection: (@Sendable () -> TLSContext)?
        /// What the server's certificate must say, and the `:authority`; the target's host when nil.
        public var serverName: String?
        public var limits = Limits.standard
        public var connectionLimits = HTTP2.Limits.standard
        /// Added to every call whose options bring none of their own.
        public var credentials: (any CallCredentials)?
        /// Credentials are for whoever reads them: over cleartext they go only with this.
        public var sendsCredentialsInCleartext = false
        /// How requests of 1 KiB and more are packed, for servers that are known to take it. What they pack is unpacked in any case.
        public var compression = Compression.identity
        /// Sent as `user-agent` before our own.
        public var userAgent: String?
        /// What `static:name` stands for.
        public var names: [String: [SocketAddress]] = [:]
        /// What looks names up; the C library when nil.
        public var lookUp: (@Sendable (_ host: String, _ port: UInt16) async throws -> [SocketAddress])?
        public var balancing = Balancing.pickFirst
        public var backoff = ConnectionBackoff()
        public var keepalive = Keepalive.Policy.off
        /// Without a call for so long the connections are closed; nil to keep them.
        public var idleTimeout: Duration? = .seconds(30 * 60)
        /// For every method that `methodRetryPolicies` does not name, unless its .proto says that a repetition does the work again: a policy with
        /// `IDEMPOTENCY_KEYED` lets calls be repeated that have an `idempotency-key`, and one with `IDEMPOTENCY_NONE` none. Nil for no retries at
        /// all; transparent ones need no policy.
        public var retryPolicy: RetryPolicy?
        /// By `package.Service/Method`, or by `package.Service` for all its methods.
        public var methodRetryPolicies: [String: RetryPolicy] = [:]
        public var retryThrottling: RetryThrottling?
        /// From 0 up to 1: what backoffs are spread by.
        public var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

        public init(tls: TLSContext? = nil, serverName: String? = nil) {
            self.tls = tls
            self.serverName = serverName
        }

        var userAgentField: String {
            let own = "grpc-swift-switchboard/1.0"
            return userAgent.map { "\($0) \(own)" } ?? own
        }

        /// The most particular one, for `/package.Service/Method`.
        ///
        /// - Parameter isRepeatable: by the word of the method's .proto, if it has one. Who names a method knows better.
        func retryPolicy(of path: String, isRepeatable: Bool) -> RetryPolicy? {
            let general = isRepeatable ? retryPolicy : nil
            guard !methodRetryPolicies.isEmpty else { return general }
            let name = path.dropFirst()
            let service = name.prefix { $0 != "/" }
            return methodRetryPolicies[String(name)] ?? methodRetryPolicies[String(service)] ?? general
        }
    }

    /// The configuration as all calls share it: a copy for each would count a dozen references.
    final class Shared: Sendable {
        let configuration: Configuration

        init(_ configuration: Configuration) {
            self.configuration = configuration
        }
    }
}
