public import Net

/// What a channel, or one call, adds to say who calls: a token, for example.
///
/// They are refused over cleartext, unless the target is a Unix socket or `Channel.Configuration.sendsCredentialsInCleartext` is set.
public protocol CallCredentials: Sendable {
    /// What to add, when it is at hand; nil when it has to be fetched. Called for each call, on the channel's loop: it must be quick.
    func cached(at now: MonotonicTime) -> Metadata?
    /// What it throws fails the call: an `RPCError` as it is, anything else as UNAUTHENTICATED.
    func fetch() async throws -> Metadata
}

extension CallCredentials {
    public func cached(at now: MonotonicTime) -> Metadata? { nil }
}

/// Credentials that are made anew for each call.
public struct CredentialsForEachCall: CallCredentials {
    private let make: @Sendable () async throws -> Metadata

    public init(_ make: @escaping @Sendable () async throws -> Metadata) {
        self.make = make
    }

    public func fetch() async throws -> Metadata { try await make() }
}

extension CallCredentials where Self == CredentialsForEachCall {
    public static func forEachCall(_ make: @escaping @Sendable () async throws -> Metadata) -> CredentialsForEachCall {
        CredentialsForEachCall(make)
    }
}

extension CallCredentials where Self == RenewedCredentials {
    /// See `RenewedCredentials`.
    public static func renewed(
        before margin: Duration = .seconds(60), _ source: @escaping @Sendable () async throws -> RenewedCredentials.Grant
    ) -> RenewedCredentials {
        RenewedCredentials(before: margin, source)
    }
}
