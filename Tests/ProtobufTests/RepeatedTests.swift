import Protobuf
import Testing

@Suite("Repeated fields and maps on the wire")
struct RepeatedTests {
    @Test("Numbers are packed, unless they are declared not to be")
    func packing() throws {
        let message = Repeats.with {
            $0.int32 = [1, 150, -1]
            $0.fixed32 = [1, 2]
            $0.unpackedInt32 = [3, 4]
            $0.unpackedColor = [.red]
        }
        let bytes = hex(
            """
            1A 0D 01 96 01 FF FF FF FF FF FF FF FF FF 01  4A 08 01 00 00 00 02 00 00 00
            90 01 03 90 01 04  A0 01 01
            """)
        #expect(message.encoded() == bytes)
        #expect(try Repeats(decoding: bytes) == message)
    }

    @Test(
        "Packed and unpacked are understood, whatever is declared, and may be mixed",
        arguments: ["1A 02 01 02", "18 01 18 02", "18 01 1A 01 02", "1A 01 01 1A 01 02", "1A 01 01 1A 00 18 02"])
    func mixed(bytes: String) throws {
        #expect(try Repeats(decoding: hex(bytes)).int32 == [1, 2])
    }

    @Test("A field declared unpacked is understood packed")
    func packedWhereUnpackedIsDeclared() throws {
        #expect(try Repeats(decoding: hex("92 01 02 03 04")).unpackedInt32 == [3, 4])
        #expect(try Repeats(decoding: hex("9A 01 08 01 00 00 00 00 00 00 00")).unpackedFixed64 == [1])
    }

    @Test("Strings and messages stand alone, empty ones, too")
    func elements() throws {
        let message = Repeats.with {
            $0.string = ["a", "", "b"]
            $0.nested = [Scalars(), Scalars.with { $0.bool = true }]
        }
        let bytes = hex("72 01 61 72 00 72 01 62 8A 01 00 8A 01 02 68 01")
        #expect(message.encoded() == bytes)
        #expect(try Repeats(decoding: bytes) == message)
    }

    @Test("An empty packed field is no element")
    func emptyPacked() throws {
        #expect(try Repeats(decoding: hex("1A 00")) == Repeats())
    }

    @Test("A map entry has its key and its value, defaults included")
    func mapEntry() throws {
        #expect(Maps.with { $0.int32 = [0: 0] }.encoded() == hex("0A 04 08 00 10 00"))
        #expect(Maps.with { $0.int64 = [5: "x"] }.encoded() == hex("12 05 08 05 12 01 78"))
        #expect(Maps.with { $0.sint32 = [-1: 1] }.encoded() == hex("2A 04 08 01 10 02"))
    }

    struct MapSpelling: Sendable {
        let bytes: String
        let map: Map<Int64, String>
    }

    @Test(
        "Map entries as others may write them",
        arguments: [
            MapSpelling(bytes: "12 00", map: [0: ""]),
            MapSpelling(bytes: "12 02 08 05", map: [5: ""]),
            MapSpelling(bytes: "12 03 12 01 78", map: [0: "x"]),
            MapSpelling(bytes: "12 05 12 01 78 08 05", map: [5: "x"]),
            MapSpelling(bytes: "12 05 08 05 12 01 78 12 05 08 05 12 01 79", map: [5: "y"]),
            MapSpelling(bytes: "12 07 08 05 18 01 12 01 78", map: [5: "x"]),
            MapSpelling(bytes: "12 07 08 04 08 05 12 01 78", map: [5: "x"]),
        ])
    func mapSpellings(_ spelling: MapSpelling) throws {
        #expect(try Maps(decoding: hex(spelling.bytes)).int64 == spelling.map)
    }

    @Test("A map's message is replaced by the next one of its key, not merged")
    func mapValueIsReplaced() throws {
        let bytes = hex("4A 07 0A 01 6B 12 02 18 05  4A 08 0A 01 6B 12 03 72 01 78")
        #expect(try Maps(decoding: bytes).string == ["k": Scalars.with { $0.string = "x" }])
    }

    @Test("Deterministic output sorts keys: numbers by size, false before true, strings by their bytes")
    func deterministic() {
        let message = Maps.with {
            $0.int32 = [3: 0, -1: 0, 2: 0]
            $0.bool = [true: true, false: true]
            $0.string = ["b": Scalars(), "": Scalars(), "é": Scalars(), "a": Scalars()]
        }
        let bytes = hex(
            """
            0A 0D 08 FF FF FF FF FF FF FF FF FF 01 10 00  0A 04 08 02 10 00  0A 04 08 03 10 00
            42 04 08 00 10 01  42 04 08 01 10 01
            4A 04 0A 00 12 00  4A 05 0A 01 61 12 00  4A 05 0A 01 62 12 00  4A 06 0A 02 C3 A9 12 00
            """)
        #expect(message.encoded(deterministic: true) == bytes)
    }
}
