internal import CNet

/// Room for one decrypted record.
enum Plaintext {
    /// Lends this thread's buffer, or a fresh one to a call within such a call: a delivery may feed another engine.
    static func withBuffer(_ body: (UnsafeMutableRawBufferPointer) throws(TLSError) -> Void) throws(TLSError) {
        guard let shared = unsafe cnet_lend_plaintext() else {
            let fresh = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.recordPlaintextByteCount, alignment: 16)
            defer { unsafe fresh.deallocate() }
            return try unsafe body(fresh)
        }
        defer { cnet_return_plaintext() }
        try unsafe body(UnsafeMutableRawBufferPointer(start: shared, count: Limits.recordPlaintextByteCount))
    }
}
