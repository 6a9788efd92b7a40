/// How the bytes of messages are packed: the names of `grpc-encoding` (grpc/doc/compression.md).
public enum Compression: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case identity
    /// RFC 1952.
    case gzip
    /// The zlib format, RFC 1950: what HTTP calls deflate.
    case deflate

    init?(_ name: UnsafeRawBufferPointer) {
        if unsafe name.equals("identity") {
            self = .identity
        } else if unsafe name.equals("gzip") {
            self = .gzip
        } else if unsafe name.equals("deflate") {
            self = .deflate
        } else {
            return nil
        }
    }

    /// zlib's window of 32 KiB; 16 more asks for gzip's header in place of its own.
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .identity, .deflate: 15
        }
    }
}

/// What a peer says in `grpc-accept-encoding` that it unpacks. Everybody takes identity.
struct AcceptedCompressions: OptionSet {
    let rawValue: UInt8

    static let gzip = AcceptedCompressions(rawValue: 1)
    static let deflate = AcceptedCompressions(rawValue: 2)

    /// What we say of ourselves.
    static let ours = "identity,gzip,deflate"

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Names that we do not know are left out.
    init(_ list: UnsafeRawBufferPointer) {
        self = []
        var start = 0
        while start < list.count {
            let end = unsafe list[start...].firstIndex(of: UInt8(ascii: ",")) ?? list.count
            let name = unsafe list[start..<end].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            let past = unsafe name.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map { $0 + 1 } ?? name.startIndex
            switch unsafe Compression(UnsafeRawBufferPointer(rebasing: name[name.startIndex..<past])) {
            case .gzip: insert(.gzip)
            case .deflate: insert(.deflate)
            case .identity, nil: break
            }
            start = end + 1
        }
    }

    /// `wanted` where the peer takes it, otherwise identity.
    func allowed(_ wanted: Compression) -> Compression {
        switch wanted {
        case .gzip where contains(.gzip), .deflate where contains(.deflate): wanted
        default: .identity
        }
    }
}
