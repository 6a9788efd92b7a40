/// What one stream still has to send: body chunks in order, then how it ends.
///
/// A stream is one, instead of having one: it would pay for an object, or for an exclusivity check at each access.
public class StreamOutput {
    enum End {
        case plain
        case block(FieldBlock)
        case fields(HTTPFields)
    }

    /// What `take` found: bytes, and whether they are the last; or nothing for now.
    enum Piece {
        case bytes(Int)
        case last(Int, End)
        case nothingYet
    }

    private var first: [UInt8] = []
    private var offset = 0
    @exclusivity(unchecked) private var rest = ChunkQueue()
    private(set) var count = 0
    private var end: End?

    init() {}

    /// False when the stream has been finished: then the bytes are dropped.
    func append(_ bytes: consuming [UInt8]) -> Bool {
        guard end == nil, !bytes.isEmpty else { return false }
        let before = count
        count += bytes.count
        if before == 0 {
            first = bytes
            offset = 0
        } else {
            unsafe rest.join(bytes)
        }
        return true
    }

    /// False when it was finished before.
    @discardableResult
    func finish(_ end: End) -> Bool {
        guard self.end == nil else { return false }
        self.end = end
        return true
    }

    /// Copies as much as fits.
    func take(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        var filled = 0
        while filled < buffer.count, count > 0 {
            let length = min(first.count - offset, buffer.count - filled)
            unsafe first.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
            }
            filled += length
            offset += length
            count -= length
            if offset == first.count { advance() }
        }
        if count == 0, let end { return .last(filled, end) }
        return filled > 0 ? .bytes(filled) : .nothingYet
    }

    /// Drops what waits, and how it ends.
    func removeAll() {
        if count > 0 {
            first = []
            while unsafe rest.popFirst() != nil {}
            count = 0
        }
        offset = 0
        end = nil
    }

    private func advance() {
        offset = 0
        first = count > 0 ? unsafe rest.popFirst() ?? [] : []
    }
}
