public import AdminAPI
internal import Net
public import RPC
internal import StandardTypes

extension CallCredentials where Self == RenewedCredentials {
    /// Tokens of the service that `channel`'s client certificate names, by `TokenService.Exchange`; they renew themselves a minute before
    /// their end:
    ///
    ///     let door = try Channel("billing.internal:7443", configuration: .init(tls: context))
    ///     var configuration = Channel.Configuration(tls: context)
    ///     configuration.credentials = .exchanged(over: door, tenant: "acme")
    ///     let channel = try Channel("billing.internal:7443", configuration: configuration)
    ///
    /// - Parameters:
    ///   - channel: has the certificate that the tokens are to work with, and need not have credentials of its own.
    ///   - tenant: whose data the tokens open.
    ///   - scopes: what they are to allow; none means all that the service may have.
    public static func exchanged(over channel: Channel, tenant: String, scopes: [String] = []) -> RenewedCredentials {
        var request = ExchangeRequest()
        request.tenant = tenant
        request.scopes = scopes
        return exchanged(over: channel, request)
    }

    /// The same in the name of whom a token names that this service was called with: for calls that it makes for that call. They end with
    /// that token.
    public static func exchanged(over channel: Channel, for subjectToken: String, scopes: [String] = []) -> RenewedCredentials {
        var request = ExchangeRequest()
        request.subject = .subjectToken(subjectToken)
        request.scopes = scopes
        return exchanged(over: channel, request)
    }

    /// The same under a grant, for as long as that is good.
    public static func exchanged(
        over channel: Channel, under grant: String, tenant: String, scopes: [String] = []
    ) -> RenewedCredentials {
        var request = ExchangeRequest()
        request.tenant = tenant
        request.subject = .grantID(grant)
        request.scopes = scopes
        return exchanged(over: channel, request)
    }

    /// Any such exchange.
    public static func exchanged(over channel: Channel, _ request: ExchangeRequest) -> RenewedCredentials {
        .renewed {
            var options = CallOptions(timeout: .seconds(10))
            // The certificate says who asks.
            options.credentials = CredentialsForEachCall { Metadata() }
            let reply = try await TokenServiceClient(channel).exchange(request, options)
            return .init(
                Metadata([("authorization", "Bearer \(reply.token)")]), lasting: .seconds(reply.lifetime?.seconds ?? 0))
        }
    }
}
