public import RPC

/// What every call passes before its handler, in every server of ours, outermost first: how errors are worded, who calls, whether he may, how
/// often, how many at once.
public struct CallChain: Sendable {
    private let settings: Settings
    private let authenticator: Authenticator
    private let attempts: FailedAttempts
    private let quotas: Quotas
    private let log: Log

    /// - Parameter attempts: the same that the authenticator asks.
    public init(_ settings: Settings, _ authenticator: Authenticator, attempts: FailedAttempts, quotas: Quotas, log: Log) {
        self.settings = settings
        self.authenticator = authenticator
        self.attempts = attempts
        self.quotas = quotas
        self.log = log
    }

    public func interceptors(for services: [any Service]) -> [any ServerInterceptor] {
        [
            MapErrors(log: log, attempts: attempts),
            RequireCertificate(trustDomain: settings.trustDomain),
            BelieveProxies(settings.believedProxies, trustDomain: settings.trustDomain),
            RequireToken(authenticator),
            RecheckToken(authenticator),
            RecordCalls(log: log, for: services),
            RequireScope(),
            RequireTenant(platform: settings.platformTenants),
            LimitCalls(quotas),
            LimitConcurrency(for: services),
            RequireIdempotencyKey(),
        ]
    }
}
