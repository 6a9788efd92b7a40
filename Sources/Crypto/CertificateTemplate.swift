/// What a certificate is to say; an authority adds keys, serial number and signature.
public struct CertificateTemplate: Sendable {
    public enum Usage: Hashable, Sendable {
        /// EKU serverAuth: for the side that accepts connections.
        case server
        /// EKU clientAuth: for the side that opens them.
        case client
    }

    /// For people to read; at most 64 bytes.
    public var commonName: String
    public var names: [SubjectAlternativeName]
    public var usages: Set<Usage>
    /// Unix seconds, both inclusive.
    public var validity: ClosedRange<Int64>

    public init(commonName: String, names: [SubjectAlternativeName], usages: Set<Usage>, validity: ClosedRange<Int64>) {
        self.commonName = commonName
        self.names = names
        self.usages = usages
        self.validity = validity
    }

    /// A server on this machine: `localhost`, `127.0.0.1` and `::1`.
    public static func localServer(validity: ClosedRange<Int64>) -> CertificateTemplate {
        CertificateTemplate(
            commonName: "localhost",
            names: [
                .dns("localhost"), .ipAddress([127, 0, 0, 1]), .ipAddress([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ],
            usages: [.server], validity: validity)
    }

    /// A client that is known as `spiffe://<trust domain>/svc/<service>`.
    ///
    /// Both parts are lower-case letters, digits, `-`, `_` and `.`, as SPIFFE-ID sections 2.1 and 2.2 ask.
    public static func client(
        service: String, trustDomain: String, validity: ClosedRange<Int64>
    ) throws(CryptoError) -> CertificateTemplate {
        for part in [service, trustDomain] {
            guard !part.isEmpty, part != ".", part != "..", part.utf8.allSatisfy(isSPIFFECharacter) else {
                throw .invalidName(part, reason: "a service and a trust domain are lower-case letters, digits, \"-\", \"_\" and \".\"")
            }
        }
        return CertificateTemplate(
            commonName: String(decoding: service.utf8.prefix(Limits.commonNameByteCount), as: UTF8.self),
            names: [.uri("spiffe://\(trustDomain)/svc/\(service)")], usages: [.client], validity: validity)
    }

    private static func isSPIFFECharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
