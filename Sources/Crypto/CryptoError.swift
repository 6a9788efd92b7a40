internal import CNet

/// Why a key, a certificate or a signature could not be read or made.
public enum CryptoError: Error, Hashable, Sendable {
    /// The text holds no PEM block of this kind, or its contents do not parse.
    case malformedPEM(expected: String, detail: String)
    /// The private key is protected by a password, which nothing here could type.
    case encryptedKey
    case wrongKeyType(expected: String, found: String)
    case malformedKey(String)
    case malformedCertificate(String)
    /// The private key is not the one that the certificate certifies.
    case keyDoesNotMatchCertificate
    /// The certificate may not issue others.
    case notAnAuthority(subject: String)
    /// A name that cannot stand in a certificate.
    case invalidName(String, reason: String)
    /// What was sealed, or what belongs to it, is not what it was; or the key is another one. Which of these, nobody can tell.
    case authenticationFailed
    /// OpenSSL refused an operation that our input cannot explain.
    case operationFailed(String, detail: String)
}

extension CryptoError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedPEM(let expected, let detail):
            "no readable PEM block \"-----BEGIN \(expected)-----\" was found (\(detail))"
        case .encryptedKey:
            "the private key is encrypted: decrypt it first, for example with \"openssl pkey -in KEY -out PLAIN\""
        case .wrongKeyType(let expected, let found):
            "the key is of type \(found), but \(expected) is needed"
        case .malformedKey(let detail):
            "the key is malformed: \(detail)"
        case .malformedCertificate(let detail):
            "the certificate is malformed: \(detail)"
        case .keyDoesNotMatchCertificate:
            "the private key does not belong to the certificate"
        case .notAnAuthority(let subject):
            "the certificate \(subject) may not issue others: it is no certificate authority"
        case .invalidName(let name, let reason):
            "\"\(name)\" cannot be a name in a certificate: \(reason)"
        case .authenticationFailed:
            "what was sealed cannot be opened: it was changed, belongs elsewhere, or was sealed with another key"
        case .operationFailed(let operation, let detail):
            "OpenSSL could not \(operation): \(detail)"
        }
    }
}

/// Takes all errors off this thread's OpenSSL queue and says them, oldest first.
package func drainOpenSSLErrors() -> String {
    var reasons: [String] = []
    while true {
        let code = ERR_get_error()
        guard code != 0 else { break }
        let reason = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        if !reasons.contains(reason) { reasons.append(reason) }
    }
    return reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; ")
}
