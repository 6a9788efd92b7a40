import Protobuf
import StandardTypes
import Testing

@Suite("JSON of bytes that others wrote")
struct JSONFormTests {
    static func transcoder<M: Message>(_ type: M.Type) throws -> JSONTranscoder {
        JSONTranscoder(try #require(DescriptorPool([M.file]).message(named: M.fullName)))
    }

    static let scalars: [(String, String)] = [
        ("", "{}"),
        // A default that is said, with a long varint, too, and one of more bits than the type has.
        ("18 00", "{}"), ("18 80 00", "{}"), ("18 80 80 80 80 10", "{}"), ("72 00", "{}"), ("09 00 00 00 00 00 00 00 00", "{}"),
        ("68 00", "{}"),
        ("09 00 00 00 00 00 00 00 80", #"{"double":-0.0}"#), ("68 02", #"{"bool":true}"#),
        ("38 81 80 80 80 F0 FF FF FF FF 01", #"{"sint32":-1}"#),
        // Out of order, twice, and in pieces.
        ("68 01 18 05", #"{"int32":5,"bool":true}"#), ("18 05 18 06", #"{"int32":6}"#), ("18 05 18 00", "{}"),
        ("8A 01 02 18 05 8A 01 02 68 01", #"{"nested":{"int32":5,"bool":true}}"#),
        ("8A 01 02 18 05 68 01 8A 01 00", #"{"bool":true,"nested":{"int32":5}}"#),
        // Other fields, groups, and a known number with another wire type.
        ("A0 06 01 18 05 A3 06 18 07 A4 06", #"{"int32":5}"#), ("1A 01 78 1D 01 02 03 04 18 05", #"{"int32":5}"#),
    ]

    @Test("Singular fields", arguments: scalars)
    func singular(bytes: String, json: String) throws {
        #expect(try JSONFormTests.transcoder(Scalars.self).json(from: hex(bytes)) == json)
        #expect(try Scalars(decoding: hex(bytes)).json() == json)
    }

    static let lists: [(String, String)] = [
        ("1A 00", "{}"), ("1A 00 1A 01 05", #"{"int32":[5]}"#), ("1A 01 05 18 06 1A 02 07 08", #"{"int32":[5,6,7,8]}"#),
        ("18 05 6A 01 00 18 06", #"{"int32":[5,6],"bool":[false]}"#), ("92 01 02 05 06 90 01 07", #"{"unpackedInt32":[5,6,7]}"#),
        ("8A 01 02 18 05 18 01 8A 01 00", #"{"int32":[1],"nested":[{"int32":5},{}]}"#), ("72 00 72 01 61", #"{"string":["","a"]}"#),
    ]

    @Test("Lists", arguments: lists)
    func repeated(bytes: String, json: String) throws {
        #expect(try JSONFormTests.transcoder(Repeats.self).json(from: hex(bytes)) == json)
        #expect(try Repeats(decoding: hex(bytes)).json() == json)
    }

    static let maps: [(String, String)] = [
        // Keys out of order, twice, missing, behind their value; values missing, twice.
        ("0A 04 08 05 10 01 0A 04 08 03 10 02", #"{"int32":{"3":2,"5":1}}"#),
        ("0A 04 08 05 10 01 0A 04 08 05 10 02", #"{"int32":{"5":2}}"#),
        ("0A 00", #"{"int32":{"0":0}}"#), ("0A 02 10 05", #"{"int32":{"0":5}}"#), ("0A 04 10 01 08 05", #"{"int32":{"5":1}}"#),
        ("0A 06 08 05 10 01 10 02", #"{"int32":{"5":2}}"#), ("0A 06 08 05 08 06 10 02", #"{"int32":{"6":2}}"#),
        ("0A 06 08 05 10 02 18 07", #"{"int32":{"5":2}}"#),
        ("4A 0B 0A 01 61 12 02 18 05 12 02 68 01", #"{"string":{"a":{"int32":5,"bool":true}}}"#),
        ("4A 03 0A 01 61", #"{"string":{"a":{}}}"#),
        ("4A 00", #"{"string":{"":{}}}"#), ("42 02 10 01", #"{"bool":{"false":true}}"#),
        ("0A 04 08 05 10 01 12 02 08 01 0A 04 08 06 10 01", #"{"int32":{"5":1,"6":1},"int64":{"1":""}}"#),
        ("0A 0D 08 FF FF FF FF FF FF FF FF FF 01 10 01 0A 04 08 01 10 01", #"{"int32":{"-1":1,"1":1}}"#),
    ]

    @Test("Maps", arguments: maps)
    func entries(bytes: String, json: String) throws {
        #expect(try JSONFormTests.transcoder(Maps.self).json(from: hex(bytes)) == json)
        if !bytes.hasPrefix("4A 0B") {
            #expect(try Maps(decoding: hex(bytes)).json() == json)
        }
    }

    static let oneofs: [(String, String)] = [
        ("22 01 61 30 05", #"{"number":5}"#), ("30 05 22 01 61", #"{"leaf":"a"}"#), ("30 05 22 01 61 30 00", #"{"number":0}"#),
        ("1A 02 30 05 1A 02 38 07", #"{"inner":{"number":5,"long":"7"}}"#),
        ("1A 02 30 05 22 01 61 1A 02 38 07", #"{"inner":{"long":"7"}}"#),
    ]

    @Test("Oneofs", arguments: oneofs)
    func members(bytes: String, json: String) throws {
        #expect(try JSONFormTests.transcoder(Node.self).json(from: hex(bytes)) == json)
        #expect(try Node(decoding: hex(bytes)).json() == json)
    }

    @Test("Well-known types")
    func wellKnown() throws {
        let transcoder = try JSONFormTests.transcoder(WellKnown.self)
        let cases: [(String, String)] = [
            ("12 04 08 05 08 01", #"{"timestamp":"1970-01-01T00:00:01Z"}"#),
            ("12 02 08 01 12 03 10 80 08", #"{"timestamp":"1970-01-01T00:00:01.000001024Z"}"#),
            ("32 04 20 00 20 01", #"{"value":true}"#), ("32 07 1A 01 61 08 00 30 01", #"{"value":null}"#),
            ("32 05 08 00 1A 01 61", #"{"value":"a"}"#),
            ("3A 08 0A 02 08 00 0A 02 20 01", #"{"list":[null,true]}"#), ("3A 0A 0A 02 08 00 50 01 0A 02 20 01", #"{"list":[null,true]}"#),
            ("2A 16 0A 07 0A 01 62 12 02 20 01 0A 07 0A 01 61 12 02 20 01 08 01 10 00", #"{"struct":{"a":true,"b":true}}"#),
            ("72 00", #"{"int32Value":0}"#), ("72 06 08 05 08 06 10 07", #"{"int32Value":6}"#),
        ]
        for (bytes, json) in cases {
            #expect(try transcoder.json(from: hex(bytes)) == json, "\(bytes)")
        }
    }

    @Test("What an Any holds may be in any form, and other Anys in it, too")
    func contents() throws {
        let transcoder = try JSONFormTests.transcoder(WellKnown.self)
        let inner = any("torture.v1.Scalars", hex("68 01 18 05 18 06"))
        let outer = any("google.protobuf.Any", any("google.protobuf.Any", inner.encoded()).encoded())
        let json =
            #"{"any":{"@type":"x/google.protobuf.Any","value":{"@type":"x/google.protobuf.Any","value":"#
            + #"{"@type":"x/torture.v1.Scalars","int32":6,"bool":true}}}}"#
        let message = WellKnown.with { $0.any = outer }
        #expect(try message.json() == json)
        #expect(try transcoder.json(from: message.encoded()) == json)
        #expect(try transcoder.json(from: message.encoded() + message.encoded()) == json)
        let defaults = try WellKnown.with { $0.any = any("torture.v1.Subset", hex("08 00 10 00")) }.json(
            JSONEncodeOptions(emitsDefaults: true))
        #expect(defaults.contains(#""any":{"@type":"x/torture.v1.Subset","int32":0}"#))
    }

    private func any(_ name: String, _ bytes: [UInt8]) -> StandardTypes.`Any` {
        StandardTypes.`Any`.with { ($0.typeURL, $0.value) = ("x/\(name)", bytes) }
    }

    @Test(
        "What is no message is an error, found at the first look or the second",
        arguments: [
            "12", "72 01 FF", "72 05 61", "18", "18 FF", "00", "1C", "1F", "8A 01 02 18", "8A 01 01 18", "68 01 18 05 72 01 FF", "0B",
            "0B 14", "5C",
        ])
    func broken(bytes: String) throws {
        let error = #expect(throws: JSONError.self) { try JSONFormTests.transcoder(Scalars.self).json(from: hex(bytes)) }
        #expect(error?.line == nil)
        #expect(error?.kind == .invalidBytes)
        #expect(error?.reason.hasPrefix("The message cannot be decoded") == true)
    }
}
