internal import HTTP2

/// The header sections of replies (gRPC over HTTP/2, Responses). Those without metadata are laid out once.
enum ReplyFields {
    static let head = FieldBlock([(":status", "200"), ("content-type", "application/grpc")])
    private static let gzipHead = FieldBlock(packedHead(.gzip))
    private static let deflateHead = FieldBlock(packedHead(.deflate))
    static let success = FieldBlock([("grpc-status", "0")])

    /// Who packs says what it unpacks, too.
    private static func packedHead(_ compression: Compression) -> [(name: String, value: String)] {
        let head = [(name: ":status", value: "200"), (name: "content-type", value: "application/grpc")]
        guard compression != .identity else { return head }
        return head + [("grpc-encoding", compression.rawValue), ("grpc-accept-encoding", AcceptedCompressions.ours)]
    }

    static func head(_ compression: Compression) -> FieldBlock {
        switch compression {
        case .identity: head
        case .gzip: gzipHead
        case .deflate: deflateHead
        }
    }

    static func head(_ metadata: Metadata, _ compression: Compression) -> HTTPFields {
        var fields = HTTPFields(packedHead(compression))
        append(metadata, to: &fields)
        return fields
    }

    static func success(_ trailers: Metadata) -> HTTPFields {
        var fields = HTTPFields([("grpc-status", "0")])
        append(trailers, to: &fields)
        return fields
    }

    /// `budget` bounds what comes with the status: metadata gives way before the details do, and these before the message.
    static func failure(_ error: RPCError, _ trailers: Metadata, budget: Int) -> HTTPFields {
        var fields = HTTPFields()
        fields.append(name: "grpc-status", value: String(error.code.rawValue))
        if !error.message.isEmpty { fields.append(name: "grpc-message", value: StatusMessage.encode(error.message)) }
        if error.code == .unimplemented { fields.append(name: "grpc-accept-encoding", value: AcceptedCompressions.ours) }
        if let pushback = error.pushback { fields.append(name: "grpc-retry-pushback-ms", value: pushback.text) }
        if let details = StatusDetails.encode(error), fields.countedBytes + details.utf8.count + 64 <= budget {
            fields.append(name: StatusDetails.name, value: details)
        }
        for metadata in [trailers, error.trailers] where fields.countedBytes + metadata.countedBytes <= budget {
            append(metadata, to: &fields)
        }
        return fields
    }

    /// One header section for a reply that has nothing but a status.
    static func failureOnly(_ error: RPCError, _ trailers: Metadata, budget: Int) -> HTTPFields {
        var fields = HTTPFields([(":status", "200"), ("content-type", "application/grpc")])
        let failure = failure(error, trailers, budget: budget - fields.countedBytes)
        for index in 0..<failure.count { fields.append(name: failure.name(at: index), value: failure.value(at: index)) }
        return fields
    }

    static func http(status: Int, text: String) -> HTTPFields {
        var fields = HTTPFields([(":status", String(status)), ("content-type", "text/plain; charset=utf-8")])
        fields.append(name: "content-length", value: String(text.utf8.count))
        if status == 405 { fields.append(name: "allow", value: "POST") }
        return fields
    }

    private static func append(_ metadata: Metadata, to fields: inout HTTPFields) {
        for (name, value) in metadata.pairs { fields.append(name: name, value: value) }
    }
}
