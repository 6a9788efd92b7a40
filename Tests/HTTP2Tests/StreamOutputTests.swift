import TestSupport
import Testing

@testable import HTTP2

@Suite("What a stream still has to send") struct StreamOutputTests {
    /// Takes pieces of at most `size` bytes until there is nothing or the end.
    private func drain(_ output: StreamOutput, by size: Int) -> (bytes: [UInt8], ended: Bool) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        while true {
            switch unsafe buffer.withUnsafeMutableBytes({ unsafe output.take(into: $0) }) {
            case .nothingYet: return (bytes, false)
            case .bytes(let count): bytes += buffer.prefix(count)
            case .last(let count, _): return (bytes + buffer.prefix(count), true)
            }
        }
    }

    @Test("chunks come out whole and in order, however small the buffer", arguments: [1, 2, 3, 7, 64, 16_384])
    func order(size: Int) {
        let output = StreamOutput()
        var expected: [UInt8] = []
        for length in 1...40 {
            let chunk = [UInt8](repeating: UInt8(length), count: length)
            expected += chunk
            #expect(output.append(chunk) == true)
        }
        #expect(output.count == expected.count)
        #expect(drain(output, by: size) == (expected, false))
        #expect(output.count == 0)
    }

    @Test("an empty output has nothing yet, and is asked again later")
    func nothingYet() {
        let output = StreamOutput()
        #expect(drain(output, by: 8) == ([], false))
        #expect(output.append([1, 2]) == true)
        #expect(drain(output, by: 8) == ([1, 2], false))
        #expect(output.append([3]) == true)
        #expect(drain(output, by: 8) == ([3], false))
    }

    @Test("the end comes behind the last byte, with it when it fits", arguments: [1, 2, 3, 4])
    func end(size: Int) {
        let output = StreamOutput()
        #expect(output.append([1, 2, 3]) == true)
        #expect(output.finish(.plain) == true)
        #expect(drain(output, by: size) == ([1, 2, 3], true))
    }

    @Test("an end without a byte is an end")
    func emptyEnd() {
        let output = StreamOutput()
        #expect(output.finish(.plain) == true)
        #expect(drain(output, by: 4) == ([], true))
    }

    @Test("after the end bytes are dropped, and a second end changes nothing")
    func afterTheEnd() {
        let output = StreamOutput()
        #expect(output.finish(.fields(HTTPFields([("grpc-status", "0")]))) == true)
        #expect(output.append([1]) == false)
        #expect(output.finish(.plain) == false)
        var buffer = [UInt8](repeating: 0, count: 4)
        guard case .last(0, .fields(let fields)) = unsafe buffer.withUnsafeMutableBytes({ unsafe output.take(into: $0) }) else {
            Issue.record("the first end did not stay")
            return
        }
        #expect(fields.first("grpc-status") == "0")
    }

    @Test("an empty chunk is nothing to send")
    func emptyChunk() {
        let output = StreamOutput()
        #expect(output.append([]) == false)
    }

    @Test("writes and takes may alternate in any way", arguments: [UInt64(1), 20_261_121, 0xfeed])
    func interleaved(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let output = StreamOutput()
        var written: [UInt8] = []
        var taken: [UInt8] = []
        for _ in 0..<2_000 {
            if Bool.random(using: &random) {
                let chunk = (0..<Int.random(in: 1...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                written += chunk
                #expect(output.append(chunk) == true)
            } else {
                var buffer = [UInt8](repeating: 0, count: Int.random(in: 1...64, using: &random))
                if case .bytes(let count) = unsafe buffer.withUnsafeMutableBytes({ unsafe output.take(into: $0) }) {
                    taken += buffer.prefix(count)
                }
            }
            #expect(output.count == written.count - taken.count)
        }
        taken += drain(output, by: 1_000).bytes
        #expect(taken == written)
    }
}
