import Protobuf
import StandardTypes
import Testing

@Suite("JSON of scalars, lists, maps and oneofs")
struct JSONTests {
    static let scalars: [JSONExample<Scalars>] = [
        JSONExample("{}"),
        JSONExample(#"{"double":1.5}"#) { $0.double = 1.5 },
        JSONExample(#"{"double":1e+100}"#) { $0.double = 1e100 },
        JSONExample(#"{"double":5e-324}"#) { $0.double = .leastNonzeroMagnitude },
        JSONExample(#"{"double":1.7976931348623157e+308}"#) { $0.double = .greatestFiniteMagnitude },
        JSONExample(#"{"double":0.1}"#) { $0.double = 0.1 },
        JSONExample(#"{"double":-0.0}"#) { $0.double = -0.0 },
        JSONExample(#"{"double":"Infinity","float":"-Infinity"}"#) { ($0.double, $0.float) = (.infinity, -.infinity) },
        JSONExample(#"{"float":3.4028235e+38}"#) { $0.float = .greatestFiniteMagnitude },
        JSONExample(#"{"float":0.1}"#) { $0.float = 0.1 },
        JSONExample(#"{"int32":-2147483648}"#) { $0.int32 = .min },
        JSONExample(#"{"int64":"-9223372036854775808"}"#) { $0.int64 = .min },
        JSONExample(#"{"int64":"9007199254740993"}"#) { $0.int64 = 9_007_199_254_740_993 },
        JSONExample(#"{"uint32":4294967295,"uint64":"18446744073709551615"}"#) { ($0.uint32, $0.uint64) = (.max, .max) },
        JSONExample(#"{"sint32":-1,"sint64":"-2"}"#) { ($0.sint32, $0.sint64) = (-1, -2) },
        JSONExample(#"{"fixed32":1,"fixed64":"2","sfixed32":-3,"sfixed64":"-4"}"#) {
            ($0.fixed32, $0.fixed64, $0.sfixed32, $0.sfixed64) = (1, 2, -3, -4)
        },
        JSONExample(#"{"bool":true,"string":"x","bytes":"AP8=","color":"COLOR_RED"}"#) {
            ($0.bool, $0.string, $0.bytes, $0.color) = (true, "x", [0, 255], .red)
        },
        JSONExample(#"{"string":"\"\\/\b\f\n\r\t\u0001\u001f é🦀"}"#) { $0.string = "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F} é🦀" },
        JSONExample(#"{"color":999}"#) { $0.color = Color(rawValue: 999) },
        JSONExample(#"{"nested":{}}"#) { $0.nested = Scalars() },
        JSONExample(#"{"nested":{"nested":{"int32":1}}}"#) {
            $0.nested = Scalars.with { $0.nested = Scalars.with { $0.int32 = 1 } }
        },
    ]

    @Test("Scalars have this JSON, and it is those scalars", arguments: scalars)
    func scalarsBothWays(_ example: JSONExample<Scalars>) throws {
        #expect(try example.message.json() == example.json)
        #expect(try Scalars(json: example.json) == example.message)
    }

    @Test("A character that needs an escape is found at any place of a string")
    func escapesAnywhere() throws {
        for special in ["\"", "\\", "\u{0}", "\u{1F}", "\n"] {
            for before in 0..<18 {
                for after in [0, 1, 9] {
                    let text = String(repeating: "a", count: before) + special + String(repeating: "é", count: after)
                    let message = Scalars.with { $0.string = text }
                    #expect(try Scalars(json: message.json()) == message)
                }
            }
        }
    }

    @Test("Members in any order find their fields")
    func anyOrder() throws {
        let message = Scalars.with { ($0.int32, $0.bool, $0.string, $0.double) = (1, true, "x", 2) }
        #expect(try Scalars(json: #"{"string":"x","double":2,"bool":true,"int32":1}"#) == message)
    }

    @Test("NaN is quoted")
    func notANumber() throws {
        #expect(try Scalars.with { $0.float = .nan }.json() == #"{"float":"NaN"}"#)
        #expect(try Scalars(json: #"{"float":"NaN","double":"NaN"}"#).float.isNaN)
    }

    static let spellings: [JSONExample<Scalars>] = [
        JSONExample(" \t\r\n{ \"int32\" : 1 } \n") { $0.int32 = 1 },
        JSONExample(#"{"int32":1e5}"#) { $0.int32 = 100_000 },
        JSONExample(#"{"int32":100000.000}"#) { $0.int32 = 100_000 },
        JSONExample(#"{"int32":"1e5"}"#) { $0.int32 = 100_000 },
        JSONExample(#"{"int32":1.5e1}"#) { $0.int32 = 15 },
        JSONExample(#"{"int32":1000e-3}"#) { $0.int32 = 1 },
        JSONExample(#"{"int32":-0}"#),
        JSONExample(#"{"int32":0e999999999999}"#),
        JSONExample(#"{"int32":"5","int64":6,"uint64":18446744073709551615}"#) { ($0.int32, $0.int64, $0.uint64) = (5, 6, .max) },
        JSONExample(#"{"double":"1.5","float":"-2e0"}"#) { ($0.double, $0.float) = (1.5, -2) },
        JSONExample(#"{"double":123456789012345678901234567890}"#) { $0.double = 123_456_789_012_345_677_877_719_597_056 },
        JSONExample(#"{"double":1e-400}"#),
        JSONExample(#"{"double":-0}"#) { $0.double = -0.0 },
        JSONExample(#"{"bytes":"-_8"}"#) { $0.bytes = [0xFB, 0xFF] },
        JSONExample(#"{"bytes":"+/8="}"#) { $0.bytes = [0xFB, 0xFF] },
        JSONExample(#"{"bytes":"AA"}"#) { $0.bytes = [0] },
        JSONExample(#"{"color":"COLOR_CRIMSON"}"#) { $0.color = .red },
        JSONExample(#"{"color":1}"#) { $0.color = .red },
        JSONExample(#"{"color":-5}"#) { $0.color = .negative },
        JSONExample(#"{"string":"\ud83e\udd80\u00e9\/"}"#) { $0.string = "🦀é/" },
        JSONExample(#"{"\u0069nt32":1}"#) { $0.int32 = 1 },
        JSONExample(#"{"int32":null,"string":null,"nested":null,"color":null}"#),
    ]

    @Test("What others may write is understood", arguments: spellings)
    func otherSpellings(_ example: JSONExample<Scalars>) throws {
        #expect(try Scalars(json: example.json) == example.message)
    }

    static let repeats: [JSONExample<Repeats>] = [
        JSONExample(#"{"int32":[1,-2],"string":["a",""],"color":["COLOR_RED",999],"nested":[{},{"int32":1}]}"#) {
            $0.int32 = [1, -2]
            $0.string = ["a", ""]
            $0.color = [.red, Color(rawValue: 999)]
            $0.nested = [Scalars(), Scalars.with { $0.int32 = 1 }]
        },
        JSONExample(#"{"bool":[true,false],"bytes":["","AA=="],"unpackedInt32":[7,0],"unpackedColor":["COLOR_UNSPECIFIED"]}"#) {
            ($0.bool, $0.bytes, $0.unpackedInt32, $0.unpackedColor) = ([true, false], [[], [0]], [7, 0], [.unspecified])
        },
    ]

    @Test("Lists", arguments: repeats)
    func lists(_ example: JSONExample<Repeats>) throws {
        #expect(try example.message.json() == example.json)
        #expect(try Repeats(json: example.json) == example.message)
    }

    @Test("An empty list and null are no elements")
    func emptyLists() throws {
        #expect(try Repeats(json: #"{"int32":[],"string":null,"nested":[]}"#) == Repeats())
    }

    @Test("Maps have their keys in order")
    func maps() throws {
        let message = Maps.with {
            $0.int32 = [10: 1, -2: 0]
            $0.int64 = [1 << 60: "x"]
            $0.bool = [true: false, false: true]
            $0.string = ["b": Scalars(), "a\"": Scalars.with { $0.bool = true }]
            $0.sfixed64 = [-1: .red]
        }
        let json =
            #"{"int32":{"-2":0,"10":1},"int64":{"1152921504606846976":"x"},"sfixed64":{"-1":"COLOR_RED"},"#
            + #""bool":{"false":true,"true":false},"string":{"a\"":{"bool":true},"b":{}}}"#
        #expect(try message.json() == json)
        #expect(try Maps(json: json) == message)
    }

    @Test("A oneof is its member; null is none of them, except where null is a value")
    func oneofs() throws {
        #expect(try Node.with { $0.kind = .number(0) }.json() == #"{"number":0}"#)
        #expect(try Node(json: #"{"number":0}"#).kind == .number(0))
        #expect(try Node(json: #"{"leaf":null,"number":1}"#).kind == .number(1))
        #expect(try Node(json: #"{"nothing":null}"#).kind == .nothing(.nullValue))
        #expect(try Node.with { $0.kind = .nothing(.nullValue) }.json() == #"{"nothing":null}"#)
    }

    @Test("Names of both kinds are understood, and chosen when writing")
    func names() throws {
        let message = Names.with { ($0.fooBar, $0.requestID) = ("x", 1) }
        #expect(try message.json() == #"{"fooBar":"x","requestId":1}"#)
        let original = #"{"foo_bar":"x","request_id":1}"#
        #expect(try message.json(JSONEncodeOptions(usesOriginalNames: true)) == original)
        #expect(try Names(json: original) == message)
    }

    @Test("Defaults are written on request, for all that has no presence")
    func defaults() throws {
        let json = try Node.with { $0.second = .color(.red) }.json(JSONEncodeOptions(emitsDefaults: true))
        #expect(json == #"{"children":[],"color":"COLOR_RED"}"#)
        #expect(try Subset().json(JSONEncodeOptions(emitsDefaults: true)) == #"{"int32":0}"#)
        #expect(try Subset.with { $0.int32 = 4 }.json(JSONEncodeOptions(emitsDefaults: true)) == #"{"int32":4}"#)
        #expect(try Type_().json(JSONEncodeOptions(emitsDefaults: true)) == #"{"color":"COLOR_UNSPECIFIED"}"#)
        let maps =
            #"{"int32":{},"int64":{},"uint32":{},"uint64":{},"sint32":{},"fixed32":{},"sfixed64":{},"bool":{},"string":{},"recursive":{}}"#
        #expect(try Maps().json(JSONEncodeOptions(emitsDefaults: true)) == maps)
    }

    @Test("Enums are numbers on request")
    func enumNumbers() throws {
        let message = Repeats.with { $0.color = [.red, .negative] }
        #expect(try message.json(JSONEncodeOptions(writesEnumsAsNumbers: true)) == #"{"color":[1,-5]}"#)
    }

    @Test("Lines and indentation on request")
    func indentation() throws {
        let message = Repeats.with {
            $0.int32 = [1, 2]
            $0.nested = [Scalars(), Scalars.with { $0.bool = true }]
        }
        let text = """
            {
              "int32": [
                1,
                2
              ],
              "nested": [
                {},
                {
                  "bool": true
                }
              ]
            }
            """
        #expect(try message.json(JSONEncodeOptions(isIndented: true)) == text)
        #expect(try Repeats(json: text) == message)
    }

    @Test("Unknown fields and enum names are left out on request")
    func ignoringUnknown() throws {
        let options = JSONDecodeOptions(ignoresUnknownFields: true)
        let json = #"{"what":[{"ever":1e9,"x":null}],"int32":[1],"color":["COLOR_RED","PURPLE","COLOR_3D"],"unpackedColor":["PURPLE"]}"#
        let message = Repeats.with { ($0.int32, $0.color) = ([1], [.red, .color3d]) }
        #expect(try Repeats(json: json, options: options) == message)
        #expect(try Scalars(json: #"{"color":"PURPLE"}"#, options: options) == Scalars())
        #expect(try Optionals(json: #"{"color":"PURPLE"}"#, options: options) == Optionals())
        #expect(try Node(json: #"{"color":"PURPLE","long":"1"}"#, options: options) == Node.with { $0.second = .long(1) })
        #expect(try Maps(json: #"{"sfixed64":{"1":"PURPLE","2":"COLOR_RED"}}"#, options: options).sfixed64 == [2: .red])
    }

    @Test("Unknown fields of the wire are not in JSON")
    func unknownFields() throws {
        #expect(try Subset(decoding: hex("18 05 08 01")).json() == #"{"int32":5}"#)
    }

    @Test("Bytes of others are read as a decoder reads them")
    func foreignBytes() throws {
        let pool = try DescriptorPool([Scalars.file])
        let scalars = try #require(pool.message(named: Scalars.fullName))
        let json = try JSONTranscoder(scalars).json(from: hex("72 01 78 8A 01 02 18 05 18 00 18 01 8A 01 02 68 01 08 01"))
        #expect(json == #"{"int32":1,"string":"x","nested":{"int32":5,"bool":true}}"#)
        let node = try #require(pool.message(named: Node.fullName))
        #expect(try JSONTranscoder(node).json(from: hex("22 01 61 38 01 30 05")) == #"{"number":5,"long":"1"}"#)
        #expect(try JSONTranscoder(node).json(from: hex("1A 02 30 05 22 01 61 1A 02 38 07")) == #"{"inner":{"long":"7"}}"#)
        let maps = try #require(pool.message(named: Maps.fullName))
        #expect(try JSONTranscoder(maps).json(from: hex("12 00 12 02 08 05 12 05 12 01 78 08 05")) == #"{"int64":{"0":"","5":"x"}}"#)
        let repeats = try #require(pool.message(named: Repeats.fullName))
        #expect(try JSONTranscoder(repeats).json(from: hex("1A 00 18 01 1A 02 02 03 22 00")) == #"{"int32":[1,2,3]}"#)
        #expect(throws: JSONError.self) { try JSONTranscoder(maps).json(from: hex("12")) }
        #expect(throws: JSONError.self) { try JSONTranscoder(scalars).json(from: hex("72 01 FF")) }
    }

    @Test("JSON becomes bytes from a descriptor alone")
    func bytesFromDescriptor() throws {
        let pool = try DescriptorPool([Scalars.file])
        let scalars = try #require(pool.message(named: Scalars.fullName))
        let bytes = try JSONTranscoder(scalars).bytes(from: #"{"nested":{"string":"\#(String(repeating: "x", count: 200))"},"bool":false}"#)
        #expect(bytes == Scalars.with { $0.nested = Scalars.with { $0.string = String(repeating: "x", count: 200) } }.encoded())
    }
}
