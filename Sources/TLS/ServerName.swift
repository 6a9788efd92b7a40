internal import CNet
internal import Crypto

/// The name that a client expects in its server's certificate.
enum ServerName {
    case host(String)
    case address(String)

    /// - Parameter text: a DNS name, with or without its final dot, or an address, IPv6 with or without brackets.
    init(_ text: String) throws(TLSError) {
        var name = text
        if name.hasPrefix("["), name.hasSuffix("]") {
            name = String(name.dropFirst().dropLast())
        }
        if (try? SubjectAlternativeName(ipAddress: name)) != nil {
            self = .address(name)
            return
        }
        if name.hasSuffix(".") {
            name.removeLast()
        }
        guard !name.isEmpty, name.utf8.count <= Limits.hostNameByteCount, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2A })
        else {
            throw TLSError(.invalidServerName, "\"\(text)\" is neither a DNS name nor an address, so no certificate can be for it")
        }
        self = .host(name)
    }

    /// Has the connection verify the server's certificate for this name, and tells the server whom we want.
    func demand(ofConnection connection: OpaquePointer) throws(TLSError) {
        let isDemanded: Bool
        switch self {
        case .host(let name):
            unsafe SSL_set_hostflags(connection, ServerName.hostFlags)
            isDemanded = unsafe SSL_set1_host(connection, name) == 1 && cnet_ssl_set_server_name(connection, name) == 1
        case .address(let address):
            // RFC 6066 section 3: an address is no server name to send.
            isDemanded = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), address) == 1
        }
        guard isDemanded else {
            throw TLSError(.invalidServerName, "OpenSSL refused the server name \(self): \(drainOpenSSLErrors())")
        }
    }

    /// Has a verification outside a connection check for this name. False when OpenSSL refuses it.
    func demand(ofVerification verification: OpaquePointer) -> Bool {
        let parameters = unsafe X509_STORE_CTX_get0_param(verification)
        switch self {
        case .host(let name):
            unsafe X509_VERIFY_PARAM_set_hostflags(parameters, ServerName.hostFlags)
            return unsafe X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1
        case .address(let address): return unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
        }
    }

    private static let hostFlags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
}
