import Protobuf
import Testing

@Suite("Limits on what a decoder accepts")
struct LimitTests {
    /// A message with that many inside each other, itself included.
    static func nested(_ depth: Int) -> [UInt8] {
        (1..<depth).reduce([]) { inner, _ in hex("0A") + varint(inner.count) + inner }
    }

    static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    @Test("A hundred messages inside each other are read, one more is not")
    func depth() throws {
        _ = try Node(decoding: LimitTests.nested(100))
        let error = #expect(throws: DecodeError.self) { try Node(decoding: LimitTests.nested(101)) }
        #expect(error?.kind == .tooDeep)
        _ = try Node(decoding: LimitTests.nested(101), limits: DecodeLimits(depth: 101))
    }

    @Test("Groups count as deep as messages")
    func groups() throws {
        func groups(_ count: Int) -> [UInt8] {
            (0..<count).flatMap { _ in hex("0B") } + (0..<count).flatMap { _ in hex("0C") }
        }
        _ = try Subset(decoding: groups(99))
        let error = #expect(throws: DecodeError.self) { try Subset(decoding: groups(100)) }
        #expect(error?.kind == .tooDeep)
        #expect(throws: DecodeError.self) { try Subset(decoding: groups(1_000_000)) }
    }

    @Test("The depth is free again after a message, a group and a map entry end")
    func depthIsGivenBack() throws {
        let many = (0..<200).flatMap { _ in hex("2A 00 0B 0C") }
        #expect(try Node(decoding: many, limits: DecodeLimits(depth: 2)).children.count == 200)
        let entries = (0..<200).flatMap { _ in hex("4A 06 0A 02 6B 6B 12 00") }
        #expect(try Maps(decoding: entries, limits: DecodeLimits(depth: 3)).string.count == 1)
    }

    @Test("A message over the size is refused before it is read")
    func size() {
        let bytes = [UInt8](repeating: 0xFF, count: 11)
        let error = #expect(throws: DecodeError.self) { try Scalars(decoding: bytes, limits: DecodeLimits(totalBytes: 10)) }
        #expect(error?.kind == .tooManyBytes)
    }

    @Test(
        "Elements are counted over all repeated fields and maps",
        arguments: ["1A 03 01 02 03", "18 01 72 00 8A 01 00", "1A 02 01 02 1A 01 03"])
    func elements(bytes: String) throws {
        _ = try Repeats(decoding: hex(bytes), limits: DecodeLimits(elements: 3))
        let error = #expect(throws: DecodeError.self) { try Repeats(decoding: hex(bytes), limits: DecodeLimits(elements: 2)) }
        #expect(error?.kind == .tooManyElements)
    }

    @Test("Empty messages cannot take more memory than their bytes pay for")
    func memory() {
        let bytes = (0..<20_000).flatMap { _ in hex("8A 01 00") }
        let error = #expect(throws: DecodeError.self) {
            _ = try Repeats(decoding: bytes, limits: DecodeLimits(memoryPerWireByte: 8))
        }
        #expect(error?.kind == .tooMuchMemory)
        #expect(throws: Never.self) {
            _ = try Repeats(decoding: bytes)
        }
    }
}
