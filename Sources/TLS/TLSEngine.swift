internal import CNet
public import Crypto

/// One TLS connection without a socket: ciphertext in, plaintext out, and back. It belongs to one thread at a time.
///
/// After each call `output` may hold ciphertext for the peer. That is also so after a call that threw: the alert that tells the peer why.
@safe public final class TLSEngine {
    private enum State {
        case handshaking
        case open
        /// We sent close_notify; the peer may still be sending.
        case closed
        case failed(TLSError)
    }

    private let context: TLSContext
    let connection: OpaquePointer
    private let wire: UnsafeMutablePointer<Wire>
    let serverName: String?
    private var state = State.handshaking

    /// Who the peer is, once the handshake is complete: nil when it presented no certificate.
    public private(set) var peer: Certificate?
    /// The application protocol agreed upon, once the handshake is complete.
    public private(set) var negotiatedProtocol: String?
    /// Whether the peer sent close_notify: no more plaintext will come, and none was cut off.
    public private(set) var isPeerClosed = false

    /// The server's side of a new connection.
    public init(server context: TLSContext) {
        precondition(context.side == .server, "a client's context cannot serve")
        self.context = context
        serverName = nil
        unsafe (connection, wire) = Self.connect(context)
        unsafe SSL_set_accept_state(connection)
    }

    /// The client's side of a new connection; its hello is in `output` at once.
    ///
    /// - Parameter serverName: the DNS name or address that the server's certificate must be for.
    public init(client context: TLSContext, serverName: String) throws(TLSError) {
        precondition(context.side == .client, "a server's context cannot connect")
        let expected = try ServerName(serverName)
        self.context = context
        self.serverName = serverName
        unsafe (connection, wire) = Self.connect(context)
        unsafe SSL_set_connect_state(connection)
        try unsafe expected.demand(ofConnection: connection)
        try continueHandshake()
    }

    deinit {
        unsafe SSL_free(connection)
        unsafe wire.pointee.free()
        unsafe wire.deinitialize(count: 1)
        unsafe wire.deallocate()
    }

    private static func connect(_ context: TLSContext) -> (OpaquePointer, UnsafeMutablePointer<Wire>) {
        discardStaleErrors()
        guard let connection = unsafe SSL_new(context.pointer) else {
            fatalError("OpenSSL could not make a connection: \(drainOpenSSLErrors())")
        }
        let wire = UnsafeMutablePointer<Wire>.allocate(capacity: 1)
        unsafe wire.initialize(to: Wire())
        let bio = unsafe WireMethod.shared.makeBIO(onto: wire)
        // One BIO for both directions: the connection takes over one reference.
        unsafe SSL_set_bio(connection, bio, bio)
        return unsafe (connection, wire)
    }

    /// Whom a client that reached us wanted (RFC 6066 section 3, SNI), when it said; it may say anything.
    public var requestedName: String? {
        guard let name = unsafe SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name) else { return nil }
        return unsafe String(cString: name)
    }

    /// What was agreed upon; nil before.
    public var version: TLSVersion? {
        guard isHandshakeComplete else { return nil }
        return unsafe SSL_version(connection) == TLS1_3_VERSION ? .tls13 : .tls12
    }

    public var isHandshakeComplete: Bool {
        switch state {
        case .open, .closed: true
        case .handshaking, .failed: false
        }
    }

    /// Takes bytes from the transport, drives the handshake, and hands out plaintext.
    ///
    /// - Parameters:
    ///   - ciphertext: read during the call only, in place.
    ///   - deliver: gets the plaintext in pieces of at most 16 KiB, each valid during its call only. It may call
    ///     `send` and `close`, not `receive`.
    /// - Throws: what ended the connection. `output` then holds the alert for the peer; send it, and close the transport.
    public func receive(_ ciphertext: UnsafeRawBufferPointer, deliver: (UnsafeRawBufferPointer) -> Void) throws(TLSError) {
        if case .failed(let error) = state { throw error }
        unsafe wire.pointee.lend(ciphertext)
        defer { unsafe wire.pointee.endLoan() }
        if case .handshaking = state {
            try continueHandshake()
            guard isHandshakeComplete else { return }
        }
        try unsafe Plaintext.withBuffer { (buffer) throws(TLSError) in
            try unsafe decrypt(into: buffer, deliver: deliver)
        }
    }

    /// Tells that the transport ended.
    ///
    /// - Throws: `truncated` unless the peer had said good-bye by close_notify.
    public func receiveEnd() throws(TLSError) {
        if case .failed(let error) = state { throw error }
        guard !isPeerClosed else { return }
        let error =
            isHandshakeComplete
            ? TLSError(.truncated, "the transport ended without a close_notify: the peer's last bytes may be missing")
            : TLSError(.truncated, "the transport ended in the middle of the handshake")
        throw fail(error)
    }

    /// Encrypts into `output`.
    ///
    /// - Throws: `handshakeIncomplete` before the handshake is complete, `closed` after `close()`.
    public func send(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
        switch state {
        case .open: break
        case .handshaking: throw TLSError(.handshakeIncomplete, "nothing can be sent before the TLS handshake is complete")
        case .closed: throw TLSError(.closed, "nothing can be sent after close_notify")
        case .failed(let error): throw error
        }
        guard let start = plaintext.baseAddress else { return }
        let records = plaintext.count / Limits.recordPlaintextByteCount + 1
        unsafe wire.pointee.reserveOutput(plaintext.count + records * Limits.recordOverheadByteCount)
        var sent = 0
        discardStaleErrors()
        while sent < plaintext.count {
            let count = min(plaintext.count - sent, Limits.recordPlaintextByteCount)
            // The wire takes everything, so a write never has to be repeated.
            let written = unsafe SSL_write(connection, start + sent, Int32(count))
            guard written > 0 else { throw failure() }
            sent += Int(written)
        }
    }

    /// Ends our direction: close_notify goes into `output`. The peer may go on sending.
    public func close() {
        guard case .open = state else { return }
        state = .closed
        discardStaleErrors()
        unsafe SSL_shutdown(connection)
    }

    /// Ciphertext that waits for the transport; valid until the next call of anything else here.
    public var output: UnsafeRawBufferPointer {
        unsafe wire.pointee.output
    }

    public var outputByteCount: Int {
        unsafe wire.pointee.outputByteCount
    }

    /// Drops the first `count` bytes of `output`, which the transport took.
    public func consumeOutput(_ count: Int) {
        unsafe wire.pointee.consumeOutput(count)
    }

    /// All of `output`, as a copy, and empties it.
    public func takeOutput() -> [UInt8] {
        let bytes = unsafe [UInt8](output)
        consumeOutput(bytes.count)
        return bytes
    }
}

extension TLSEngine {
    private func continueHandshake() throws(TLSError) {
        discardStaleErrors()
        let outcome = unsafe SSL_do_handshake(connection)
        guard outcome == 1 else {
            if unsafe SSL_get_error(connection, outcome) == SSL_ERROR_WANT_READ { return }
            throw failure()
        }
        negotiatedProtocol = selectedProtocol
        guard negotiatedProtocol != nil || context.protocols.isEmpty else {
            throw fail(TLSError(.noApplicationProtocol, "the server chose no application protocol (ALPN), and this client demands one"))
        }
        if let certificate = unsafe SSL_get1_peer_certificate(connection) {
            do {
                peer = try unsafe Certificate(owning: certificate)
            } catch {
                throw fail(TLSError(.certificateInvalid, "the peer's certificate cannot be read: \(error)"))
            }
        }
        state = .open
    }

    private func decrypt(
        into buffer: UnsafeMutableRawBufferPointer, deliver: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        // Nothing is hidden inside the connection: once the loan is read and no plaintext pends, another read would find nothing.
        while unsafe wire.pointee.inputByteCount > 0 || SSL_pending(connection) > 0 {
            discardStaleErrors()
            let count = unsafe SSL_read(connection, buffer.baseAddress, Int32(buffer.count))
            if count > 0 {
                unsafe deliver(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                continue
            }
            switch unsafe SSL_get_error(connection, count) {
            case SSL_ERROR_WANT_READ:
                return
            case SSL_ERROR_ZERO_RETURN:
                isPeerClosed = true
                return
            default:
                throw failure()
            }
        }
    }

    private var selectedProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(connection, &name, &count)
        guard let name = unsafe name, count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Reads why OpenSSL's last call failed; the connection is dead from here on.
    private func failure() -> TLSError {
        fail(
            unsafe TLSFailure.read(
                from: wire.pointee, isHandshakeComplete: isHandshakeComplete, side: context.side, serverName: serverName))
    }

    private func fail(_ error: TLSError) -> TLSError {
        state = .failed(error)
        return error
    }
}

/// `SSL_get_error` reads the thread's error queue, so that an old entry would be taken for this call's.
/// Looking is cheaper than clearing, which wipes all sixteen slots, used or not.
private func discardStaleErrors() {
    if ERR_peek_error() != 0 {
        ERR_clear_error()
    }
}
