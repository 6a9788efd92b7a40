public import RPC

/// Takes what listed proxies say of their clients' certificates for the clients' own: see ``ForwardedCertificate``.
///
/// It stands between ``RequireCertificate``, which knows the proxy, and ``RequireToken``: the service is then the client's, and its tokens are
/// those that are bound to its certificate. From anybody else that metadata means nothing. A proxy that sends none calls for itself.
public struct BelieveProxies: CallGuard {
    private let trustDomain: String
    private let proxies: Set<ServiceIdentity>

    /// - Parameter proxies: whoever is listed can make calls as anybody.
    public init(_ proxies: [ServiceIdentity], trustDomain: String) {
        self.proxies = Set(proxies)
        self.trustDomain = trustDomain
    }

    /// Where nobody is listed, nobody is asked.
    public func applies(to method: MethodInfo) -> Bool { !proxies.isEmpty }

    public func admit(_ call: Call) throws {
        guard let proxy = call.identity, proxies.contains(proxy.service) else { return }
        let values = call.metadata.values(ForwardedCertificate.name)
        if values.isEmpty { return }
        let told = try ForwardedCertificate(values)
        let service = try RequireCertificate.identity(sanURIs: told.uris, trustDomain: trustDomain)
        call.principal = PeerIdentity(service: service, certificateDigest: told.digest)
    }
}
