internal import CNet

/// Unpacks one message at a time, and never more than it was told to: a kilobyte can stand for a megabyte.
struct Inflater {
    enum Failure: Error, Hashable {
        /// The bytes are not in the format, end too early, or go on behind its end.
        case malformed
        /// The message would be larger than the limit.
        case tooLarge(limit: Int)
    }

    let compression: Compression
    /// Bytes that one message may have.
    let limit: Int

    func unpack(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe switchboard_inflate_init(&stream, compression.windowBits) == Z_OK else { throw .malformed }
        defer { unsafe inflateEnd(&stream) }
        // Most messages unpack to a few times their size; what is announced nowhere is never reserved at once.
        var message = [UInt8](repeating: 0, count: min(max(bytes.count.multipliedSaturating(by: 4), 512), limit.addingSaturating(1)))
        var count = 0
        let result = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(clamping: input.count)
            while true {
                let result = unsafe message.withUnsafeMutableBufferPointer { output in
                    unsafe stream.next_out = output.baseAddress?.advanced(by: count)
                    unsafe stream.avail_out = UInt32(clamping: output.count - count)
                    return unsafe inflate(&stream, Z_NO_FLUSH)
                }
                count = unsafe Int(clamping: stream.total_out)
                // Full, and perhaps not the end: zlib says Z_OK or Z_BUF_ERROR.
                guard result == Z_OK || result == Z_BUF_ERROR, count == message.count, count <= limit else { return result }
                message.append(contentsOf: repeatElement(0, count: min(count, limit.addingSaturating(1) - count)))
            }
        }
        if count > limit { throw .tooLarge(limit: limit) }
        guard result == Z_STREAM_END, unsafe stream.avail_in == 0 else { throw .malformed }
        message.removeLast(message.count - count)
        return message
    }
}

extension Int {
    fileprivate func multipliedSaturating(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }

    fileprivate func addingSaturating(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
