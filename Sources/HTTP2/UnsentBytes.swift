/// In cleartext: what the socket did not take. Over TLS the engine keeps it.
struct UnsentBytes {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe bytes.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// - Parameter count: at most as many as there are.
    mutating func removeFirst(_ count: Int) {
        start += count
        // Memory is for those who are behind.
        if start == bytes.count { (bytes, start) = ([], 0) }
    }
}
