/// HTTP/2 frames as bytes (RFC 9113 §4.1), made so that they may be wrong.
enum Frame {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9

    static let endStream: UInt8 = 1
    static let endHeaders: UInt8 = 4

    static func bytes(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let length = UInt32(payload.count)
        return [
            UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length), kind, flags,
        ] + number(stream) + payload
    }

    static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func setting(_ id: UInt16, _ value: UInt32) -> [UInt8] {
        [UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id)] + number(value)
    }

    /// The header section of a call of `bench.v1.Echo`, with HPACK's static table and without its dynamic one (RFC 7541).
    static func fields(_ method: String, _ more: [(String, String)] = []) -> [UInt8] {
        // POST and http; :path, :authority and content-type by the names of the table.
        var section: [UInt8] = [0x83, 0x86, 0x04] + string("/bench.v1.Echo/\(method)") + [0x01] + string("localhost")
        section += [0x0F, 0x10] + string("application/grpc")
        for (name, value) in [("te", "trailers")] + more { section += [0] + string(name) + string(value) }
        return section
    }

    static func call(_ method: String, on stream: UInt32, _ more: [(String, String)] = [], flags: UInt8 = endHeaders) -> [UInt8] {
        bytes(headers, flags: flags, stream: stream, fields(method, more))
    }

    /// No string here is longer than 126 bytes.
    private static func string(_ text: String) -> [UInt8] { [UInt8(truncatingIfNeeded: text.utf8.count)] + Array(text.utf8) }

    /// A gRPC message with its prefix.
    static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] { [flag] + number(UInt32(bytes.count)) + bytes }

    /// `EchoRequest.count`, the number of replies: field 2, a varint.
    static func count(_ count: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [0x10]
        var rest = count
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// The same bytes at least `count` times.
    static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] { Array(repeatElement(bytes, count: count).joined()) }

    /// What `make` gives for each of `count` streams of a round.
    static func streams(_ count: UInt32, round: Int, _ make: (UInt32) -> [UInt8]) -> [UInt8] {
        let first = UInt32(truncatingIfNeeded: round) &* count &* 2 &+ 1
        return (0..<count).flatMap { make(first &+ $0 &* 2) }
    }
}
