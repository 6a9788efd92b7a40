/// How the bytes of messages are packed: the names of `grpc-encoding` (grpc/doc/compression.md).
public enum Compression: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case identity
    /// RFC 1952.
    case gzip
    /// The zlib format, RFC 1950: what HTTP calls deflate.
    case deflate

    /// What `grpc-accept-encoding` says of us.
    static let accepted = allCases.map(\.rawValue).joined(separator: ",")

    /// The best that a peer takes; identity when it names nothing that we know. `accepted` is `grpc-accept-encoding`.
    static func best(of accepted: String?) -> Compression {
        let names = (accepted ?? "").split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        return [.gzip, .deflate].first { names.contains($0.rawValue) } ?? .identity
    }

    /// zlib's window of 32 KiB; 16 more asks for gzip's header in place of its own.
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .identity, .deflate: 15
        }
    }
}
