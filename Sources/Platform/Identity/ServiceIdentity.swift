/// The service that a client certificate names: its one URI `spiffe://<trust domain>/svc/<name>`.
public struct ServiceIdentity: Sendable, Hashable {
    public var trustDomain: String
    public var name: String

    public init(trustDomain: String, name: String) {
        self.trustDomain = trustDomain
        self.name = name
    }

    /// 1 to 63 lower-case letters, digits and hyphens.
    public static func isServiceName(_ text: String) -> Bool { Label.isValid(text) }

    public var uri: String { "spiffe://\(trustDomain)/svc/\(name)" }

    /// Exactly one URI, in exactly this form (SPIFFE-ID, section 2): with two of them, two readers could each believe another one.
    init(sanURIs: [String], trustDomain: String) throws(Refusal) {
        guard let uri = sanURIs.first else { throw .unnamed }
        guard sanURIs.count == 1 else { throw .ambiguous }
        let parts = uri.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "spiffe:", parts[1].isEmpty, parts[3] == "svc", Label.isValid(parts[4]) else { throw .unnamed }
        guard parts[2] == trustDomain else { throw .foreign }
        self.init(trustDomain: trustDomain, name: String(parts[4]))
    }

    enum Refusal: Error {
        /// No URI, or not one of ours.
        case unnamed
        case ambiguous
        /// Another trust domain's.
        case foreign
    }
}
