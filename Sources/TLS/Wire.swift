internal import CNet

/// The two ends that OpenSSL sees of a connection: ciphertext that was just received, and ciphertext that waits for the socket.
///
/// It lives at a fixed address, which the BIO holds: OpenSSL's callbacks reach it there, and no reference is counted on the way.
@safe struct Wire {
    /// The bytes lent to `receive` that OpenSSL has not read yet; null between calls.
    private(set) var input: UnsafePointer<UInt8>?
    private(set) var inputByteCount = 0
    /// The first byte the peer ever sent, which tells a TLS record from anything else.
    private(set) var firstByte: UInt8?

    private var storage: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    /// The certificate that verification stopped at, and why; a reference is held.
    private(set) var rejectedCertificate: OpaquePointer?
    private(set) var rejection: Int32 = X509_V_OK
    var offersNoProtocol = false

    mutating func lend(_ bytes: UnsafeRawBufferPointer) {
        unsafe input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inputByteCount = bytes.count
        if firstByte == nil, bytes.count > 0 {
            firstByte = unsafe bytes[0]
        }
    }

    mutating func endLoan() {
        unsafe input = nil
        inputByteCount = 0
    }

    var outputByteCount: Int {
        tail - head
    }

    var output: UnsafeRawBufferPointer {
        guard let storage = unsafe storage else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeRawBufferPointer(start: storage + head, count: tail - head)
    }

    mutating func consumeOutput(_ count: Int) {
        precondition(count >= 0 && count <= tail - head, "more output consumed than there is")
        head += count
        guard head == tail else { return }
        head = 0
        tail = 0
        if capacity > Limits.retainedOutputByteCount {
            unsafe CNet.free(storage)
        } else {
            unsafe cnet_give_output(storage, capacity)
        }
        unsafe storage = nil
        capacity = 0
    }

    /// Makes room for `count` more bytes of output behind what waits.
    mutating func reserveOutput(_ count: Int) {
        guard capacity - tail < count else { return }
        let waiting = tail - head
        if head > 0, capacity - waiting >= count, let storage = unsafe storage {
            unsafe memmove(storage, storage + head, waiting)
        } else {
            var larger = max(capacity, Limits.initialOutputByteCount)
            while larger - waiting < count {
                larger *= 2
            }
            guard let fresh = unsafe cnet_take_output(larger, &larger)?.bindMemory(to: UInt8.self, capacity: larger) else {
                fatalError("no memory for \(larger) bytes of TLS output")
            }
            if let storage = unsafe storage {
                unsafe memcpy(fresh, storage + head, waiting)
                unsafe CNet.free(storage)
            }
            unsafe storage = fresh
            capacity = larger
        }
        head = 0
        tail = waiting
    }

    mutating func reject(_ certificate: OpaquePointer?, because code: Int32) {
        unsafe X509_free(rejectedCertificate)
        if let certificate = unsafe certificate {
            unsafe X509_up_ref(certificate)
        }
        unsafe rejectedCertificate = certificate
        rejection = code
    }

    mutating func free() {
        unsafe CNet.free(storage)
        unsafe storage = nil
        unsafe X509_free(rejectedCertificate)
        unsafe rejectedCertificate = nil
    }

    /// OpenSSL wants bytes: what is left of the loan is copied out.
    fileprivate mutating func read(into buffer: UnsafeMutablePointer<CChar>, count: Int) -> Int {
        guard let source = unsafe input, inputByteCount > 0, count > 0 else { return 0 }
        let taken = min(count, inputByteCount)
        unsafe memcpy(buffer, source, taken)
        unsafe input = source + taken
        inputByteCount -= taken
        return taken
    }

    /// OpenSSL has bytes: they are appended to the output.
    fileprivate mutating func write(_ bytes: UnsafePointer<CChar>, count: Int) {
        reserveOutput(count)
        guard let storage = unsafe storage else { return }
        unsafe memcpy(storage + tail, bytes, count)
        tail += count
    }
}

/// Our kind of BIO: one method table for the process.
@safe struct WireMethod: @unchecked Sendable {
    static let shared = WireMethod()

    private let table: OpaquePointer

    private init() {
        guard let table = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "switchboard wire") else {
            fatalError("OpenSSL could not make a BIO method")
        }
        unsafe BIO_meth_set_read(table) { bio, buffer, count in
            guard let bio = unsafe bio, let buffer = unsafe buffer, let wire = unsafe Wire.of(bio) else { return -1 }
            unsafe cnet_bio_clear_retry(bio)
            let taken = unsafe wire.pointee.read(into: buffer, count: Int(count))
            guard taken > 0 else {
                unsafe cnet_bio_set_retry_read(bio)
                return -1
            }
            return Int32(taken)
        }
        unsafe BIO_meth_set_write(table) { bio, bytes, count in
            guard let bio = unsafe bio, let bytes = unsafe bytes, let wire = unsafe Wire.of(bio), count > 0 else { return 0 }
            unsafe wire.pointee.write(bytes, count: Int(count))
            return count
        }
        unsafe BIO_meth_set_ctrl(table) { _, command, _, _ in
            // What was written is already where it belongs: flushing succeeds by doing nothing.
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
        unsafe self.table = table
    }

    /// A BIO onto `wire`, which must outlive it.
    func makeBIO(onto wire: UnsafeMutablePointer<Wire>) -> OpaquePointer {
        guard let bio = unsafe BIO_new(table) else { fatalError("OpenSSL could not make a BIO") }
        unsafe BIO_set_data(bio, wire)
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }
}

extension Wire {
    static func of(_ bio: OpaquePointer) -> UnsafeMutablePointer<Wire>? {
        unsafe BIO_get_data(bio)?.assumingMemoryBound(to: Wire.self)
    }

    /// The wire of a connection whose handshake runs; callbacks of the context find theirs by this. Nil for no connection.
    static func of(connection: OpaquePointer?) -> UnsafeMutablePointer<Wire>? {
        guard let connection = unsafe connection, let bio = unsafe SSL_get_rbio(connection) else { return nil }
        return unsafe of(bio)
    }
}
