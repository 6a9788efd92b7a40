import Protobuf
import Testing

@Suite("Fields that the schema does not know")
struct UnknownFieldTests {
    @Test("They are kept in the order they came, and written after the known ones")
    func keptInOrder() throws {
        let bytes = hex("7A 01 FF  18 05  09 01 02 03 04 05 06 07 08  4D 01 02 03 04  08 01")
        let message = try Subset(decoding: bytes)
        #expect(message.int32 == 5)
        #expect(message.unknownFields.bytes == hex("7A 01 FF 09 01 02 03 04 05 06 07 08 4D 01 02 03 04 08 01"))
        #expect(message.encoded() == hex("18 05 7A 01 FF 09 01 02 03 04 05 06 07 08 4D 01 02 03 04 08 01"))
    }

    @Test("A whole message passes through a reader that knows one field of it")
    func passThrough() throws {
        let message = Scalars.with { ($0.int32, $0.string, $0.double, $0.nested) = (1, "x", 2.5, Scalars()) }
        let passed = try Subset(decoding: message.encoded()).encoded()
        #expect(try Scalars(decoding: passed) == message)
    }

    @Test("A known number with another wire type is unknown")
    func otherWireType() throws {
        let bytes = hex("1D 01 02 03 04")
        let message = try Subset(decoding: bytes)
        #expect(message.int32 == 0)
        #expect(message.unknownFields.bytes == bytes)
    }

    @Test(
        "Groups are kept with all that is in them",
        arguments: ["0B 0C", "0B 08 01 0C", "0B 13 14 0C", "0B 13 1A 01 FF 14 18 01 0C", "0B 0B 0C 0C"])
    func groups(bytes: String) throws {
        let message = try Subset(decoding: hex(bytes))
        #expect(message.unknownFields.bytes == hex(bytes))
        #expect(message.encoded() == hex(bytes))
    }

    @Test("They count for equality, and can be dropped")
    func equality() throws {
        var message = try Subset(decoding: hex("18 05 08 01"))
        #expect(message != Subset.with { $0.int32 = 5 })
        message.unknownFields = UnknownFields()
        #expect(message == Subset.with { $0.int32 = 5 })
    }

    @Test("A nested message keeps its own")
    func nested() throws {
        let bytes = hex("8A 01 04 18 05 A0 06")
        #expect(throws: DecodeError.self) { try Scalars(decoding: bytes) }
        let whole = hex("8A 01 05 18 05 A0 06 01")
        #expect(try Scalars(decoding: whole).nested?.unknownFields.bytes == hex("A0 06 01"))
        #expect(try Scalars(decoding: whole).encoded() == whole)
    }
}
