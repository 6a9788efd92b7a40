/// An HTTP/2 frame as bytes (RFC 9113, 4.1), made by hand so that it may be wrong.
struct RawFrame: Equatable, CustomStringConvertible {
    var description: String { "kind \(kind) flags \(flags) stream \(stream) \(payload.prefix(16))" }

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
    }

    enum Flag {
        static let endStream: UInt8 = 1
        static let acknowledgement: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
    }

    var kind: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    /// `PRI * HTTP/2.0 …`: the first bytes of every client (RFC 9113, 3.4).
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    var bytes: [UInt8] {
        let length = UInt32(payload.count)
        return [
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), kind, flags,
        ]
            + Self.number(stream) + payload
    }

    static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    func number(at offset: Int) -> UInt32 {
        payload.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: The kinds

    static func headers(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false, endHeaders: Bool = true) -> RawFrame {
        RawFrame(
            kind: Kind.headers, flags: (end ? Flag.endStream : 0) | (endHeaders ? Flag.endHeaders : 0), stream: stream,
            payload: fieldSection(fields))
    }

    static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false) -> RawFrame {
        RawFrame(kind: Kind.data, flags: end ? Flag.endStream : 0, stream: stream, payload: bytes)
    }

    static func reset(_ stream: UInt32, _ code: UInt32 = 8) -> RawFrame {
        RawFrame(kind: Kind.reset, stream: stream, payload: number(code))
    }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> RawFrame {
        RawFrame(kind: Kind.settings, payload: entries.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] + number($1) })
    }

    static let settingsAcknowledgement = RawFrame(kind: Kind.settings, flags: Flag.acknowledgement)
    static let ping = RawFrame(kind: Kind.ping, payload: Array(repeating: 7, count: 8))

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> RawFrame {
        RawFrame(kind: Kind.windowUpdate, stream: stream, payload: number(increment))
    }

    // MARK: HPACK

    /// Literals without indexing, no Huffman code (RFC 7541, 6.2.2).
    static func fieldSection(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + string(name) + string(value) }
    }

    private static func string(_ text: String) -> [UInt8] {
        integer(text.utf8.count, prefixBits: 7, first: 0) + Array(text.utf8)
    }

    /// RFC 7541, 5.1.
    static func integer(_ value: Int, prefixBits: Int, first: UInt8) -> [UInt8] {
        let most = 1 << prefixBits - 1
        if value < most { return [first | UInt8(value)] }
        var bytes = [first | UInt8(most)]
        var rest = value - most
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    // MARK: gRPC

    static let unaryPath = "/bench.v1.Echo/Unary"

    /// The header section of a call, with fields changed (nil removes one) or added.
    static func call(_ path: String = unaryPath, _ changes: [(String, String?)] = []) -> [(String, String)] {
        var fields = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers"),
            ("content-type", "application/grpc"),
        ]
        for (name, value) in changes {
            let index = fields.firstIndex { $0.0 == name }
            switch (index, value) {
            case (let index?, let value?): fields[index].1 = value
            case (let index?, nil): fields.remove(at: index)
            case (nil, let value?): fields.append((name, value))
            case (nil, nil): break
            }
        }
        return fields
    }

    /// A message with its prefix.
    static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        [flag] + number(UInt32(bytes.count)) + bytes
    }
}
