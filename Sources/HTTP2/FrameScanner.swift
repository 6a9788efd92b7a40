/// What the first nine bytes of a frame say (RFC 9113 §4.1).
struct FrameHeader: Equatable {
    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let priority: UInt8 = 2
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let pushPromise: UInt8 = 5
        static let ping: UInt8 = 6
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
        /// RFC 9218 §7.1.
        static let priorityUpdate: UInt8 = 16
    }

    enum Flag {
        static let endStream: UInt8 = 1
        static let acknowledgement: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
    }

    static let bytes = 9

    var length: Int
    var kind: UInt8
    var flags: UInt8
    var stream: Int32
}

/// Finds the frames' headers in a stream of bytes, however it was cut, and looks at nothing else: nghttp2 tells of no frame that it
/// ignores, and of a header section only when it is complete, so whoever counts frames has to look for himself.
struct FrameScanner {
    /// Bytes to pass over before the next header: what is left of a payload, or at first of a client's preface.
    private var skipped: Int
    /// The first bytes of a header that was cut, and how many they are.
    private var cut: UInt64 = 0
    private var cutCount = 0

    /// `preface`: bytes before the first frame.
    init(preface: Int) {
        skipped = preface
    }

    /// The next header at or behind `position`, which is moved behind it; nil, and `position` at the end, when there is none.
    mutating func next(in bytes: UnsafeRawBufferPointer, at position: inout Int) -> FrameHeader? {
        if skipped > 0 {
            let count = min(skipped, bytes.count - position)
            skipped -= count
            position += count
        }
        if cutCount == 0, bytes.count - position >= FrameHeader.bytes {
            let first = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let last = unsafe bytes[position + 8]
            position += FrameHeader.bytes
            return header(first, last)
        }
        while position < bytes.count {
            let byte = unsafe bytes[position]
            position += 1
            if cutCount == 8 {
                cutCount = 0
                return header(cut, byte)
            }
            cut = cut << 8 | UInt64(byte)
            cutCount += 1
        }
        return nil
    }

    private mutating func header(_ first: UInt64, _ last: UInt8) -> FrameHeader {
        skipped = Int(truncatingIfNeeded: first >> 40)
        return FrameHeader(
            length: skipped, kind: UInt8(truncatingIfNeeded: first >> 32), flags: UInt8(truncatingIfNeeded: first >> 24),
            // The highest bit is reserved and means nothing.
            stream: Int32(truncatingIfNeeded: (first & 0x7f_ffff) << 8 | UInt64(last)))
    }
}
