import Protobuf
import Testing

/// An encoder begins on the stack, moves to a larger buffer and counts beyond that: what it writes must not depend on where it is.
@Suite("Messages of any size on the wire")
struct EncoderRoomTests {
    static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
    }

    @Test("A message is written right just below, at and above the sizes at which the buffer changes")
    func sizes() throws {
        for size in Array(980...1_040) + Array(32_720...32_790) + [100_000] {
            let text = String(repeating: "x", count: size)
            let message = Scalars.with {
                $0.int32 = -1
                $0.string = text
                $0.fixed64 = 7
            }
            let bytes = message.encoded()
            #expect(bytes.count == 11 + 9 + 1 + EncoderRoomTests.varint(UInt64(size)).count + size, "\(size)")
            #expect(try Scalars(decoding: bytes).string == text, "\(size)")
            #expect(message.encoded(reserving: 5) == [0, 0, 0, 0, 0] + bytes, "\(size)")
            var appended: [UInt8] = [1, 2]
            message.append(to: &appended)
            #expect(appended == [1, 2] + bytes, "\(size)")
        }
    }

    @Test("Nested messages get their lengths right while the buffer changes")
    func nested() throws {
        for count in stride(from: 1, through: 4_000, by: 37) {
            let node = Node.with { $0.children = (0..<count).map { number in Node.with { $0.kind = .number(Int32(number)) } } }
            #expect(try Node(decoding: node.encoded()).children.map(\.kind) == (0..<count).map { .number(Int32($0)) }, "\(count)")
        }
    }

    @Test("Varints of every length are written the same wherever they come to stand, and are read back")
    func varints() throws {
        var values: [UInt64] = [0]
        for bits in UInt64(0)..<64 {
            values += [1 << bits, (1 << bits) - 1, UInt64.max >> bits]
        }
        for value in values {
            let message = Scalars.with { $0.uint64 = value }
            let expected = value == 0 ? [] : [0x30] + EncoderRoomTests.varint(value)
            #expect(message.encoded() == expected, "\(value)")
            #expect(try Scalars(decoding: expected).uint64 == value, "\(value)")
            #expect(
                try Repeats(
                    decoding: hex("32") + EncoderRoomTests.varint(UInt64(EncoderRoomTests.varint(value).count))
                        + EncoderRoomTests.varint(value)
                ).uint64 == [value], "\(value)")
        }
        // As many as fill both buffers, so that each length stands at each border.
        for drop in 0..<9 {
            let list = Array(repeatElement(values.dropFirst(drop), count: 60).joined())
            let message = Repeats.with { $0.uint64 = list }
            let body = list.flatMap(EncoderRoomTests.varint)
            #expect(message.encoded() == hex("32") + EncoderRoomTests.varint(UInt64(body.count)) + body)
        }
    }
}
