import Testing

@testable import HTTP2

@Suite("Frames' headers in a stream of bytes") struct FrameScannerTests {
    private static func bytes(_ frame: FrameHeader) -> [UInt8] {
        let number = UInt32(bitPattern: frame.stream)
        return [16, 8, 0].map { UInt8(truncatingIfNeeded: frame.length >> $0) } + [frame.kind, frame.flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } + [UInt8](repeating: 0xff, count: frame.length)
    }

    private static func headers(_ chunks: [[UInt8]], preface: Int = 0) -> [FrameHeader] {
        var scanner = FrameScanner(preface: preface)
        var found: [FrameHeader] = []
        for chunk in chunks {
            unsafe chunk.withUnsafeBytes { buffer in
                var position = 0
                while let header = unsafe scanner.next(in: buffer, at: &position) { found.append(header) }
                #expect(position == buffer.count)
            }
        }
        return found
    }

    private static let frames = [
        FrameHeader(length: 0, kind: 4, flags: 0, stream: 0), FrameHeader(length: 3, kind: 1, flags: 5, stream: 1),
        FrameHeader(length: 300, kind: 0, flags: 1, stream: 0x7fff_ffff),
        FrameHeader(length: 0, kind: 255, flags: 255, stream: 0x0102_0304),
    ]

    @Test("they are found, whatever the size of the chunks, behind the preface", arguments: [1, 2, 7, 8, 9, 10, 11, 100, 10_000])
    func chunks(size: Int) {
        let stream = [UInt8](repeating: 1, count: 24) + Self.frames.flatMap(Self.bytes)
        let chunks = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
        #expect(Self.headers(chunks, preface: 24) == Self.frames)
    }

    @Test("the reserved bit of a stream's number means nothing, and the longest frame is passed over")
    func edges() {
        var frame = Self.bytes(FrameHeader(length: 0xff_ffff, kind: 0, flags: 0, stream: 5))
        frame[5] |= 0x80
        let next = FrameHeader(length: 0, kind: 6, flags: 0, stream: 0)
        #expect(Self.headers([frame + Self.bytes(next)]).map(\.stream) == [5, 0])
    }
}
