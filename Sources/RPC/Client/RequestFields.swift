internal import HTTP2

/// What the requests of a method have in common, laid out once for each. Confined to the channel's loop.
final class RequestFields {
    private let scheme: String
    private let authority: String
    private let userAgent: String
    private var known: [Key: HTTPFields] = [:]
    /// Most calls are of the method that was called last.
    private var last: (key: Key, fields: HTTPFields)?

    private struct Key: Hashable {
        let path: String
        let compression: Compression
    }

    init(scheme: String, authority: String, userAgent: String) {
        self.scheme = scheme
        self.authority = authority
        self.userAgent = userAgent
    }

    /// Without what differs from call to call: deadline, attempts and metadata.
    func fields(_ path: String, _ compression: Compression) -> HTTPFields {
        let key = Key(path: path, compression: compression)
        if let last, last.key == key { return last.fields }
        let fields = known[key] ?? layOut(key)
        // Paths may be made up as a program goes on.
        if known.count >= Limits.knownMethods { known = [:] }
        known[key] = fields
        last = (key, fields)
        return fields
    }

    private func layOut(_ key: Key) -> HTTPFields {
        var fields = HTTPFields([
            (":method", "POST"), (":scheme", scheme), (":path", key.path), (":authority", authority), ("te", "trailers"),
            ("content-type", "application/grpc"),
        ])
        if key.compression != .identity { fields.append(name: "grpc-encoding", value: key.compression.rawValue) }
        fields.append(name: "grpc-accept-encoding", value: AcceptedCompressions.ours)
        fields.append(name: "user-agent", value: userAgent)
        return fields
    }
}
