import Glibc

/// The two ends of the pipe that the runner holds: blocks of bytes, each behind its length as four bytes, the lowest first.
struct Pipe {
    /// What goes wrong with a pipe, as a sentence.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Nothing that the suite sends is near it. It keeps bytes that are no request from claiming all memory.
    private static let longestBlock = 256 << 20

    /// The next block; nil where the runner is done, which it says by closing its end between two blocks.
    func read() throws(Failure) -> [UInt8]? {
        let prefix = try bytes(4)
        if prefix.isEmpty { return nil }
        guard prefix.count == 4 else { throw Failure(description: "the input ends in the middle of a length") }
        let length = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longestBlock else {
            throw Failure(description: "a request of \(length) bytes is announced, more than the \(Self.longestBlock) that are allowed")
        }
        let block = try bytes(length)
        guard block.count == length else {
            throw Failure(description: "the input ends after \(block.count) of a request's \(length) bytes")
        }
        return block
    }

    func write(_ block: [UInt8]) throws(Failure) {
        let length = UInt32(truncatingIfNeeded: block.count)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + block
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress! + written, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "the answer cannot be written: errno \(errno)") }
            written += count
        }
    }

    /// As many bytes as are wanted, fewer only where the input ends.
    private func bytes(_ wanted: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < wanted {
            let room = min(wanted - bytes.count, 1 << 16)
            var failure: Int32 = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let result = unsafe Glibc.read(0, buffer.baseAddress, room)
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw Failure(description: "the input cannot be read: errno \(failure)") }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }
}
