internal import CNet

/// The application protocols of a context, by preference, in the form of the ALPN extension (RFC 7301): each name after its length.
///
/// It lives at a fixed address, which the context's callback holds.
@safe final class ApplicationProtocols: @unchecked Sendable {
    let isEmpty: Bool
    private let list: UnsafeMutableBufferPointer<UInt8>

    init(_ names: [String]) throws(TLSError) {
        var wire: [UInt8] = []
        for name in names {
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else {
                throw TLSError(.internalFailure, "an application protocol's name has 1 to 255 bytes, \"\(name)\" has not")
            }
            wire.append(length)
            wire += name.utf8
        }
        isEmpty = wire.isEmpty
        let list = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: wire.count)
        _ = unsafe list.initialize(from: wire)
        unsafe self.list = list
    }

    deinit {
        unsafe list.deallocate()
    }

    /// What a client offers.
    func offer(in context: OpaquePointer) throws(TLSError) {
        guard !isEmpty else { return }
        // Unlike its siblings this function answers 0 for success.
        guard unsafe SSL_CTX_set_alpn_protos(context, list.baseAddress, UInt32(list.count)) == 0 else {
            throw TLSError(.internalFailure, "OpenSSL refused the application protocols")
        }
    }

    /// What a server accepts; anything else ends the handshake with the alert no_application_protocol.
    func demand(in context: OpaquePointer, oldestVersion: TLSVersion) {
        guard !isEmpty else { return }
        let context = unsafe context
        let own = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe SSL_CTX_set_alpn_select_cb(
            context,
            { _, selected, selectedCount, offered, offeredCount, own in
                guard let own = unsafe own, let selected = unsafe selected else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                let list = unsafe Unmanaged<ApplicationProtocols>.fromOpaque(own).takeUnretainedValue().list
                var match: UnsafeMutablePointer<UInt8>?
                let outcome = unsafe SSL_select_next_proto(
                    &match, selectedCount, list.baseAddress, UInt32(list.count), offered, offeredCount)
                guard outcome == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                unsafe selected.pointee = unsafe UnsafePointer(match)
                return SSL_TLSEXT_ERR_OK
            }, own)
        // A hello without the extension never reaches that callback, so it is refused here, while an alert can still tell why.
        unsafe SSL_CTX_set_client_hello_cb(
            context,
            { connection, alert, newestOnly in
                // A peer without TLS 1.3 does not send supported_versions: where that is too old, it is to hear about the version first.
                let isNewEnough =
                    unsafe newestOnly == nil
                    || SSL_client_hello_get0_ext(connection, UInt32(TLSEXT_TYPE_supported_versions), nil, nil) == 1
                let offersProtocols =
                    unsafe SSL_client_hello_get0_ext(
                        connection, UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation), nil, nil) == 1
                guard isNewEnough, !offersProtocols else { return SSL_CLIENT_HELLO_SUCCESS }
                unsafe Wire.of(connection: connection)?.pointee.offersNoProtocol = true
                unsafe alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
                return SSL_CLIENT_HELLO_ERROR
            }, oldestVersion == .tls13 ? own : nil)
    }
}
