/// The bounds of this module, each with its reason.
enum Limits {
    /// A PEM text longer than this is no key and no certificate chain: /etc/ssl's bundle of all public roots takes a quarter of it.
    static let pemByteCount = 1 << 20
    /// X.520's upper bound of a common name; OpenSSL refuses longer ones.
    static let commonNameByteCount = 64
    /// RFC 1035 section 2.3.4.
    static let dnsNameByteCount = 253
    static let dnsLabelByteCount = 63
    /// SPIFFE-ID section 2.3: no more than 2048 bytes.
    static let uriByteCount = 2048
    /// SPIFFE-ID section 2.1: the longest trust domain name.
    static let trustDomainByteCount = 255
    /// RFC 5280 section 4.1.2.2 allows 20 bytes; CAs use 16 random ones, which never repeat.
    static let serialNumberByteCount = 16
    /// OpenSSL counts in Int32; nobody seals a gigabyte at once.
    static let sealedByteCount = 1 << 30

    /// Below 2048 bits NIST SP 800-131A allows no new signature; above 8192 one verification takes longer than its caller is worth.
    static let rsaBits = 2048...8192
    /// All exponents in use are 65537 or shorter; SP 800-56B allows up to 256 bits, and those cost as much as they are long.
    static let rsaExponentByteCount = 8
}
