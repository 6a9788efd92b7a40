/// What is refused before its time, whatever tokens say. A value: who verifies has a snapshot.
public struct Revocations: Sendable, Equatable {
    /// Something that is named within a tenant.
    public struct Name: Sendable, Hashable {
        public var tenant: String
        public var name: String

        public init(tenant: String, name: String) {
            self.tenant = tenant
            self.name = name
        }
    }

    public var suspendedTenants: Set<String> = []
    /// By `jti`: when the token ends, in microseconds since 1970.
    public var tokens: [Name: Int64] = [:]
    /// By `sub`: tokens that were issued before this moment, in microseconds since 1970, are over.
    public var epochs: [Name: Int64] = [:]

    public init() {}

    /// Why a token that is good in itself is refused; nil when it is not.
    ///
    /// A token says the second in which it was issued only, so that one of the very second of an epoch is over, too. Who acts for another is
    /// asked for as well: a service that was logged out acts for nobody. So is who handed the token out, who may be of another tenant.
    func refusal(of caller: Caller) -> TokenError? {
        let (tenant, tokenID) = (caller.tenant, caller.tokenID)
        if suspendedTenants.contains(tenant) { return .tenantSuspended }
        if !tokens.isEmpty, tokens[Name(tenant: tenant, name: tokenID)] != nil { return .revoked }
        guard !epochs.isEmpty else { return nil }
        for name in ([caller.subject] + caller.actors).map({ Name(tenant: tenant, name: $0) }) + [caller.issuedBy].compactMap(\.self) {
            guard let epoch = epochs[name] else { continue }
            let (issued, overflowed) = caller.issuedAt.multipliedReportingOverflow(by: 1_000_000)
            if overflowed || issued < epoch { return .revoked }
        }
        return nil
    }

    /// Without what refuses only tokens that have ended by now.
    ///
    /// - Parameters:
    ///   - now: in microseconds since 1970.
    ///   - longestLife: of a token, in microseconds.
    mutating func forgetEnded(now: Int64, longestLife: Int64) {
        tokens = tokens.filter { $0.value >= now }
        epochs = epochs.filter { $0.value >= now - longestLife }
    }
}
