internal import CNet

/// Packs one message at a time.
@safe
struct Deflater: ~Copyable {
    private let compression: Compression

    init(_ compression: Compression) {
        self.compression = compression
    }

    /// `reserved` zero bytes, and behind them the packed form of `bytes`. Nil when there is no memory for it.
    func pack(_ bytes: UnsafeRawBufferPointer, reserving reserved: Int) -> [UInt8]? {
        var stream = unsafe z_stream()
        guard unsafe switchboard_deflate_init(&stream, Limits.compressionLevel, compression.windowBits) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let room = unsafe Int(clamping: deflateBound(&stream, UInt(bytes.count)))
        unsafe stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = UInt32(clamping: bytes.count)
        var isWhole = false
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: reserved + room) { buffer, count in
            unsafe buffer.prefix(reserved).initialize(repeating: 0)
            unsafe stream.next_out = buffer.baseAddress?.advanced(by: reserved)
            unsafe stream.avail_out = UInt32(clamping: room)
            isWhole = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
            count = unsafe reserved + Int(stream.total_out)
        }
        return isWhole ? packed : nil
    }
}
