import TestSupport
import Testing

@testable import RPC

@Suite("Length-prefixed messages") struct MessageReaderTests {
    private static func framed(_ messages: [[UInt8]], flag: UInt8 = 0) -> [UInt8] {
        messages.flatMap { message in
            let length = UInt32(message.count)
            return [flag] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message
        }
    }

    private static func append(_ bytes: some Collection<UInt8>, to reader: inout MessageReader) throws(MessageReader.Failure) {
        let copy = Array(bytes)
        try unsafe copy.span.bytes.withUnsafeBytes { bytes throws(MessageReader.Failure) in try unsafe reader.append(bytes) }
    }

    private static func all(_ reader: inout MessageReader) throws -> [[UInt8]] {
        var messages: [[UInt8]] = []
        while let message = try reader.next() { messages.append(message.bytes) }
        return messages
    }

    @Test("a message may be split after any byte", arguments: 0...18)
    func split(position: Int) throws {
        let messages: [[UInt8]] = [[1, 2, 3], [], [4, 5, 6, 7, 8]].map { $0 }
        let bytes = Self.framed(messages).prefix(18 + 5)
        var reader = MessageReader(limit: 5)
        try Self.append(bytes.prefix(position), to: &reader)
        try Self.append(bytes.dropFirst(position), to: &reader)
        #expect(try Self.all(&reader) == messages)
        try reader.end()
    }

    @Test(
        "bytes that are one message and nothing else are taken as they are; all others are left to a reader",
        arguments: [
            (framed([[1, 2, 3]]), [1, 2, 3]), (framed([[]]), []), (framed([[1, 2, 3]]) + [0], nil), (framed([[1], [2]]), nil),
            (framed([[1, 2, 3]]).dropLast(), nil), (framed([[1, 2, 3, 4]]), nil), (framed([[1]], flag: 1), nil), ([], nil),
            ([0, 0, 0, 0], nil),
            ([0, 0xff, 0xff, 0xff, 0xff], nil),
        ] as [([UInt8], [UInt8]?)])
    func whole(bytes: [UInt8], message: [UInt8]?) {
        #expect(unsafe bytes.withUnsafeBytes { unsafe MessageReader.whole($0, limit: 3) } == message)
    }

    @Test("a message may come byte by byte, and is whole only with its last one")
    func byteByByte() throws {
        var reader = MessageReader(limit: 10)
        let bytes = Self.framed([[9, 8, 7]])
        for byte in bytes.dropLast() {
            try Self.append([byte], to: &reader)
            #expect(reader.isEmpty)
        }
        try Self.append([bytes[bytes.count - 1]], to: &reader)
        #expect(!reader.isEmpty)
        #expect(try reader.next()?.bytes == [9, 8, 7])
        #expect(reader.isEmpty)
    }

    @Test("an empty message is one, complete with its prefix")
    func empty() throws {
        var reader = MessageReader(limit: 0)
        try Self.append([0, 0, 0, 0, 0], to: &reader)
        #expect(try reader.next()?.bytes == [])
        #expect(try reader.next() == nil)
    }

    @Test("many messages in one chunk come out in order")
    func many() throws {
        let messages = (0..<100_000).map { [UInt8(truncatingIfNeeded: $0)] }
        var reader = MessageReader(limit: 1)
        try Self.append(Self.framed(messages), to: &reader)
        #expect(try Self.all(&reader) == messages)
    }

    @Test("messages that are taken while others come keep their order")
    func interleaved() throws {
        var reader = MessageReader(limit: 1)
        try Self.append(Self.framed([[1], [2], [3]]), to: &reader)
        #expect(try reader.next()?.bytes == [1])
        try Self.append(Self.framed([[4]]), to: &reader)
        #expect(try Self.all(&reader) == [[2], [3], [4]])
        try Self.append(Self.framed([[5]]), to: &reader)
        #expect(try reader.next()?.bytes == [5])
    }

    @Test("a flag byte other than 0 and 1 is refused", arguments: [2, 3, 0x80, 0xff] as [UInt8])
    func flag(value: UInt8) {
        var reader = MessageReader(limit: 10)
        #expect(throws: MessageReader.Failure.flag(value)) { try Self.append(Self.framed([[1]], flag: value), to: &reader) }
        #expect(MessageReader.Failure.flag(value).rpcError.code == .internal)
    }

    @Test("a compressed message is refused, for no encoding was announced")
    func compressed() {
        var reader = MessageReader(limit: 10)
        #expect(throws: MessageReader.Failure.compressed) { try Self.append(Self.framed([[1]], flag: 1), to: &reader) }
        #expect(MessageReader.Failure.compressed.rpcError.code == .internal)
    }

    @Test(
        "a length over the limit is refused from the prefix alone", arguments: [(11, 10), (4_194_305, 4_194_304), (0xffff_ffff, 4_194_304)])
    func tooLarge(length: Int, limit: Int) {
        var reader = MessageReader(limit: limit)
        let prefix = [0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        #expect(throws: MessageReader.Failure.tooLarge(bytes: length, limit: limit)) { try Self.append(prefix, to: &reader) }
        let error = MessageReader.Failure.tooLarge(bytes: length, limit: limit).rpcError
        #expect(error.code == .resourceExhausted)
        #expect(error.message.contains("\(length)") && error.message.contains("\(limit)"))
    }

    @Test("a length at the limit is taken")
    func atTheLimit() throws {
        let message = [UInt8](repeating: 7, count: 1_000)
        var reader = MessageReader(limit: 1_000)
        try Self.append(Self.framed([message]), to: &reader)
        #expect(try reader.next()?.bytes == message)
    }

    @Test("an end inside a prefix or a message is a truncation", arguments: 1...7)
    func truncated(count: Int) throws {
        var reader = MessageReader(limit: 10)
        try Self.append(Self.framed([[1, 2, 3]]).prefix(count), to: &reader)
        #expect(throws: MessageReader.Failure.truncated) { try reader.end() }
        var behind = MessageReader(limit: 10)
        try Self.append(Self.framed([[1], [2]]) + Self.framed([[1, 2, 3]]).prefix(count), to: &behind)
        #expect(throws: MessageReader.Failure.truncated) { try behind.end() }
        #expect(MessageReader.Failure.truncated.rpcError.code == .internal)
    }

    @Test("whole messages before a bad one can still be read")
    func beforeABadOne() throws {
        var reader = MessageReader(limit: 10)
        try Self.append(Self.framed([[1], [2]]) + [9, 0, 0, 0, 0], to: &reader)
        #expect(try reader.next()?.bytes == [1])
        #expect(try reader.next()?.bytes == [2])
        #expect(!reader.isEmpty)
        #expect(throws: MessageReader.Failure.flag(9)) { try reader.next() }
    }

    @Test("short messages that wait take little more memory than they have on the wire, and none once they are taken")
    func memory() throws {
        var reader = MessageReader(limit: 10)
        let bytes = Self.framed(Array(repeating: [1], count: 10_000))
        try Self.append(bytes, to: &reader)
        #expect(reader.heldBytes >= bytes.count - 5 && reader.heldBytes < bytes.count + 1_000)
        try reader.end()
        #expect(try Self.all(&reader).count == 10_000)
        #expect(reader.heldBytes == 0)
    }

    @Test("of a long message no more memory is reserved than twice what has come")
    func announced() throws {
        var reader = MessageReader(limit: 4_000_000)
        try Self.append([0, 0, 61, 9, 0] + [1, 2, 3], to: &reader)
        #expect(reader.begun.bytes == 8 && reader.begun.missing == 3_999_997)
        #expect(reader.heldBytes < 200)
        try Self.append([UInt8](repeating: 0, count: 3_999_997), to: &reader)
        #expect(reader.heldBytes < 4_005_000)
    }

    @Test("any messages in any splits come out as they went in", arguments: [UInt64(1), 2, 3, 0xdead_beef, 20_261_121])
    func randomSplits(seed: UInt64) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let messages = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                random.bytes(Int.random(in: 0...300, using: &random))
            }
            var reader = MessageReader(limit: 300)
            var bytes = Self.framed(messages)[...]
            var taken: [[UInt8]] = []
            while !bytes.isEmpty {
                let count = min(Int.random(in: 0...200, using: &random), bytes.count)
                try Self.append(bytes.prefix(count), to: &reader)
                bytes = bytes.dropFirst(count)
                if Bool.random(using: &random), let message = try reader.next() { taken.append(message.bytes) }
            }
            try reader.end()
            #expect(try taken + Self.all(&reader) == messages)
        }
    }

    @Test("random bytes never do more than fail", arguments: [UInt64(11), 12, 13])
    func garbage(seed: UInt64) {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            var reader = MessageReader(limit: 64)
            let bytes = random.bytes(Int.random(in: 0...40, using: &random))
            do {
                try Self.append(bytes, to: &reader)
            } catch {
                #expect(error != .truncated)
            }
        }
    }
}
