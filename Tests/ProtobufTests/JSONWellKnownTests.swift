import Protobuf
import StandardTypes
import Testing

@Suite("JSON of the well-known types")
struct JSONWellKnownTests {
    static func timestamp(_ seconds: Int64, _ nanos: Int32 = 0) -> Timestamp {
        Timestamp.with { ($0.seconds, $0.nanos) = (seconds, nanos) }
    }

    static func duration(_ seconds: Int64, _ nanos: Int32 = 0) -> Duration {
        Duration.with { ($0.seconds, $0.nanos) = (seconds, nanos) }
    }

    static let examples: [JSONExample<WellKnown>] = [
        JSONExample(#"{"timestamp":"1970-01-01T00:00:00Z"}"#) { $0.timestamp = timestamp(0) },
        JSONExample(#"{"timestamp":"0001-01-01T00:00:00Z"}"#) { $0.timestamp = timestamp(-62_135_596_800) },
        JSONExample(#"{"timestamp":"9999-12-31T23:59:59.999999999Z"}"#) { $0.timestamp = timestamp(253_402_300_799, 999_999_999) },
        JSONExample(#"{"timestamp":"2024-02-29T12:34:56.100Z"}"#) { $0.timestamp = timestamp(1_709_210_096, 100_000_000) },
        JSONExample(#"{"timestamp":"1969-12-31T23:59:59.000001Z"}"#) { $0.timestamp = timestamp(-1, 1000) },
        JSONExample(#"{"timestamp":"2000-03-01T00:00:00.000000001Z"}"#) { $0.timestamp = timestamp(951_868_800, 1) },
        JSONExample(#"{"duration":"0s"}"#) { $0.duration = duration(0) },
        JSONExample(#"{"duration":"1.500s"}"#) { $0.duration = duration(1, 500_000_000) },
        JSONExample(#"{"duration":"-0.500s"}"#) { $0.duration = duration(0, -500_000_000) },
        JSONExample(#"{"duration":"-3.000001s"}"#) { $0.duration = duration(-3, -1000) },
        JSONExample(#"{"duration":"315576000000s"}"#) { $0.duration = duration(315_576_000_000) },
        JSONExample(#"{"duration":"-315576000000s"}"#) { $0.duration = duration(-315_576_000_000) },
        // The range is one of whole seconds, whatever fraction comes with them: so the conformance suite has it.
        JSONExample(#"{"duration":"315576000000.999999999s"}"#) { $0.duration = duration(315_576_000_000, 999_999_999) },
        JSONExample(#"{"duration":"-315576000000.999999999s"}"#) { $0.duration = duration(-315_576_000_000, -999_999_999) },
        JSONExample(#"{"mask":""}"#) { $0.mask = FieldMask() },
        JSONExample(#"{"mask":"a,fooBar.baz,x1"}"#) { $0.mask = FieldMask.with { $0.paths = ["a", "foo_bar.baz", "x1"] } },
        JSONExample(#"{"mask":"a\n\"b"}"#) { $0.mask = FieldMask.with { $0.paths = ["a\n\"b"] } },
        JSONExample(#"{"struct":{}}"#) { $0.struct = Struct() },
        JSONExample(#"{"struct":{"a":null,"b":[1,"x",true,{"c":-0.5}]}}"#) {
            $0.struct = Struct.with {
                $0.fields = [
                    "a": Value.with { $0.kind = .nullValue(.nullValue) },
                    "b": Value.with {
                        $0.kind = .listValue(
                            ListValue.with {
                                $0.values = [
                                    Value.with { $0.kind = .numberValue(1) },
                                    Value.with { $0.kind = .stringValue("x") },
                                    Value.with { $0.kind = .boolValue(true) },
                                    Value.with {
                                        $0.kind = .structValue(
                                            Struct.with { $0.fields = ["c": Value.with { $0.kind = .numberValue(-0.5) }] })
                                    },
                                ]
                            })
                    },
                ]
            }
        },
        JSONExample(#"{"value":null}"#) { $0.value = Value.with { $0.kind = .nullValue(.nullValue) } },
        JSONExample(#"{"value":[]}"#) { $0.value = Value.with { $0.kind = .listValue(ListValue()) } },
        JSONExample(#"{"value":{}}"#) { $0.value = Value.with { $0.kind = .structValue(Struct()) } },
        JSONExample(#"{"list":[null,[]]}"#) {
            $0.list = ListValue.with {
                $0.values = [Value.with { $0.kind = .nullValue(.nullValue) }, Value.with { $0.kind = .listValue(ListValue()) }]
            }
        },
        JSONExample(#"{"empty":{}}"#) { $0.empty = Empty() },
        JSONExample(#"{"doubleValue":1.5,"floatValue":0,"int64Value":"1","uint64Value":"2","int32Value":3,"uint32Value":4}"#) {
            $0.doubleValue = DoubleValue.with { $0.value = 1.5 }
            $0.floatValue = FloatValue()
            $0.int64Value = Int64Value.with { $0.value = 1 }
            $0.uint64Value = UInt64Value.with { $0.value = 2 }
            $0.int32Value = Int32Value.with { $0.value = 3 }
            $0.uint32Value = UInt32Value.with { $0.value = 4 }
        },
        JSONExample(#"{"boolValue":false,"stringValue":"","bytesValue":"AA=="}"#) {
            $0.boolValue = BoolValue()
            $0.stringValue = StringValue()
            $0.bytesValue = BytesValue.with { $0.value = [0] }
        },
        JSONExample(#"{"values":[null,1],"int32Values":[0,5]}"#) {
            $0.values = [Value.with { $0.kind = .nullValue(.nullValue) }, Value.with { $0.kind = .numberValue(1) }]
            $0.int32Values = [Int32Value(), Int32Value.with { $0.value = 5 }]
        },
        JSONExample(#"{"times":{"a":"1970-01-01T00:00:01Z"}}"#) { $0.times = ["a": timestamp(1)] },
        JSONExample(#"{"any":{}}"#) { $0.any = StandardTypes.`Any`() },
        JSONExample(#"{"any":{"@type":"type.googleapis.com/torture.v1.Subset","int32":5}}"#) {
            $0.any = any("torture.v1.Subset", Subset.with { $0.int32 = 5 })
        },
        JSONExample(#"{"any":{"@type":"type.googleapis.com/torture.v1.Subset"}}"#) { $0.any = any("torture.v1.Subset", Subset()) },
        JSONExample(#"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}"#) {
            $0.any = any("google.protobuf.Duration", duration(1))
        },
        JSONExample(
            #"{"any":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/torture.v1.Subset"}}}"#
        ) {
            $0.any = any("google.protobuf.Any", any("torture.v1.Subset", Subset()))
        },
        JSONExample(#"{"any":{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":0}}"#) {
            $0.any = any("google.protobuf.Int32Value", Int32Value())
        },
    ]

    static func any(_ name: String, _ message: some Message) -> StandardTypes.`Any` {
        StandardTypes.`Any`.with { ($0.typeURL, $0.value) = ("type.googleapis.com/\(name)", message.encoded()) }
    }

    @Test("Each has this JSON, and it is that message", arguments: examples)
    func bothWays(_ example: JSONExample<WellKnown>) throws {
        #expect(try example.message.json() == example.json)
        #expect(try WellKnown(json: example.json) == example.message)
    }

    static let spellings: [JSONExample<WellKnown>] = [
        JSONExample(#"{"timestamp":"1970-01-01T05:30:00+05:30"}"#) { $0.timestamp = timestamp(0) },
        JSONExample(#"{"timestamp":"1969-12-31T16:00:00-08:00"}"#) { $0.timestamp = timestamp(0) },
        JSONExample(#"{"timestamp":"1970-01-01T00:00:00.5Z"}"#) { $0.timestamp = timestamp(0, 500_000_000) },
        JSONExample(#"{"timestamp":"1970-01-01T00:00:00.12345678Z"}"#) { $0.timestamp = timestamp(0, 123_456_780) },
        JSONExample(#"{"duration":"1.5s"}"#) { $0.duration = duration(1, 500_000_000) },
        JSONExample(#"{"duration":"-1.000000001s"}"#) { $0.duration = duration(-1, -1) },
        JSONExample(#"{"any":{"int32":5,"@type":"type.googleapis.com/torture.v1.Subset"}}"#) {
            $0.any = any("torture.v1.Subset", Subset.with { $0.int32 = 5 })
        },
        JSONExample(#"{"any":{"value":"1s","@type":"type.googleapis.com/google.protobuf.Duration"}}"#) {
            $0.any = any("google.protobuf.Duration", duration(1))
        },
        JSONExample(#"{"timestamp":null,"any":null,"struct":null,"int32Value":null,"null":null,"list":null}"#),
        JSONExample(#"{"null":"NULL_VALUE"}"#),
    ]

    @Test("What others may write is understood", arguments: spellings)
    func otherSpellings(_ example: JSONExample<WellKnown>) throws {
        #expect(try WellKnown(json: example.json) == example.message)
    }

    @Test(
        "What is no such value is refused, at its place",
        arguments: [
            #"{"timestamp":"0000-12-31T23:59:59Z"}"#, #"{"timestamp":"10000-01-01T00:00:00Z"}"#,
            #"{"timestamp":"0001-01-01T00:00:00+00:01"}"#, #"{"timestamp":"9999-12-31T23:59:59-00:01"}"#,
            #"{"timestamp":"2023-02-29T00:00:00Z"}"#, #"{"timestamp":"1900-02-29T00:00:00Z"}"#,
            #"{"timestamp":"1970-13-01T00:00:00Z"}"#, #"{"timestamp":"1970-01-01T24:00:00Z"}"#,
            #"{"timestamp":"1970-01-01T00:00:60Z"}"#, #"{"timestamp":"1970-01-01T00:00:00z"}"#,
            #"{"timestamp":"1970-01-01t00:00:00Z"}"#, #"{"timestamp":"1970-01-01T00:00:00"}"#,
            #"{"timestamp":"1970-01-01T00:00:00.Z"}"#, #"{"timestamp":"1970-01-01T00:00:00.1234567890Z"}"#,
            #"{"timestamp":"1970-01-01T00:00:00Z "}"#, #"{"timestamp":"1970-01-01T00:00:00+0530"}"#, #"{"timestamp":0}"#,
            #"{"duration":"1"}"#, #"{"duration":"s"}"#, #"{"duration":".5s"}"#, #"{"duration":"1.s"}"#, #"{"duration":"+1s"}"#,
            #"{"duration":"315576000001s"}"#, #"{"duration":"-315576000001.1s"}"#, #"{"duration":"1.1234567890s"}"#,
            #"{"duration":"99999999999999999999s"}"#, #"{"duration":1}"#,
            #"{"mask":"foo_bar"}"#, #"{"mask":"a,"}"#, #"{"mask":",a"}"#, #"{"mask":"a,,b"}"#, #"{"mask":","}"#, #"{"mask":["a"]}"#,
            #"{"struct":[]}"#, #"{"struct":{"a":1,"a":2}}"#, #"{"list":{}}"#,
            #"{"value":1e400}"#, #"{"empty":{"a":1}}"#, #"{"empty":[]}"#, #"{"int32Value":"x"}"#, #"{"int32Values":[null]}"#,
            #"{"any":{"int32":5}}"#, #"{"any":{"@type":"","int32":5}}"#, #"{"any":{"@type":"torture.v1.Subset"}}"#,
            #"{"any":{"@type":"type.googleapis.com/torture.v1.Nothing"}}"#,
            #"{"any":{"@type":"type.googleapis.com/torture.v1.Subset","x":1}}"#,
            #"{"any":{"@type":"type.googleapis.com/torture.v1.Subset","@type":"type.googleapis.com/torture.v1.Subset"}}"#,
            #"{"any":{"int32":5,"@type":"type.googleapis.com/torture.v1.Subset","@type":"type.googleapis.com/torture.v1.Subset"}}"#,
            #"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","@type":"type.googleapis.com/torture.v1.Subset"}}"#,
            #"{"any":{"@type":5}}"#, #"{"any":{"@type":null}}"#,
            #"{"any":{"@type":"type.googleapis.com/torture.v1.Subset","int32":1,"int32":2}}"#,
            #"{"any":{"@type":"type.googleapis.com/torture.v1.Subset",}}"#,
            #"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration"}}"#,
            #"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","x":1}}"#,
            #"{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","value":"1s"}}"#,
        ])
    func refused(json: String) {
        let error = #expect(throws: JSONError.self) { try WellKnown(json: json) }
        #expect(error?.line == 1)
        #expect(error?.path.isEmpty == false)
        #expect(error?.kind == .invalidText)
    }

    static let unsayable: [(String, WellKnown)] = [
        ("a time before year 1", WellKnown.with { $0.timestamp = timestamp(-62_135_596_801) }),
        ("a time after year 9999", WellKnown.with { $0.timestamp = timestamp(253_402_300_800) }),
        ("negative nanoseconds", WellKnown.with { $0.timestamp = timestamp(0, -1) }),
        ("a whole second of nanoseconds", WellKnown.with { $0.timestamp = timestamp(0, 1_000_000_000) }),
        ("a long duration", WellKnown.with { $0.duration = duration(315_576_000_001) }),
        ("a duration of two signs", WellKnown.with { $0.duration = duration(1, -1) }),
        ("a path in camel case", WellKnown.with { $0.mask = FieldMask.with { $0.paths = ["fooBar"] } }),
        ("a path with two underscores", WellKnown.with { $0.mask = FieldMask.with { $0.paths = ["foo__bar"] } }),
        ("a path with an underscore before a digit", WellKnown.with { $0.mask = FieldMask.with { $0.paths = ["foo_3"] } }),
        ("a path that ends in an underscore", WellKnown.with { $0.mask = FieldMask.with { $0.paths = ["foo_"] } }),
        ("a path with a comma", WellKnown.with { $0.mask = FieldMask.with { $0.paths = ["a,b"] } }),
        ("a path of nothing", WellKnown.with { $0.mask = FieldMask.with { $0.paths = [""] } }),
        ("a value of no kind", WellKnown.with { $0.value = Value() }),
        ("a value that is not a number", WellKnown.with { $0.value = Value.with { $0.kind = .numberValue(.nan) } }),
        ("a value that is infinite", WellKnown.with { $0.value = Value.with { $0.kind = .numberValue(-.infinity) } }),
        ("an Any of an unknown type", WellKnown.with { $0.any = any("torture.v1.Nothing", Subset()) }),
        ("an Any without a type", WellKnown.with { $0.any = StandardTypes.`Any`.with { $0.value = [1] } }),
        (
            "an Any of broken bytes",
            WellKnown.with { $0.any = StandardTypes.`Any`.with { ($0.typeURL, $0.value) = ("x/torture.v1.Subset", [8]) } }
        ),
    ]

    @Test("What JSON cannot say is an error with its path", arguments: unsayable.indices)
    func cannotBeSaid(index: Int) {
        let (name, message) = JSONWellKnownTests.unsayable[index]
        let error = #expect(throws: JSONError.self, "\(name)") { try message.json() }
        #expect(error?.path.isEmpty == false, "\(name)")
        #expect(error?.line == nil)
        #expect(error?.kind == (name == "an Any of broken bytes" ? .invalidBytes : .unsayable), "\(name)")
    }

    @Test("Well-known types stand alone, too")
    func topLevel() throws {
        #expect(try JSONWellKnownTests.timestamp(1).json() == #""1970-01-01T00:00:01Z""#)
        #expect(try Timestamp(json: #""1970-01-01T00:00:01Z""#) == JSONWellKnownTests.timestamp(1))
        #expect(try Value(json: "null").kind == .nullValue(.nullValue))
        #expect(try Int64Value(json: #""5""#).value == 5)
        #expect(try ListValue(json: "[1]").values.count == 1)
    }

    @Test("Anys in Anys are read wherever their types stand, as deep as messages may be")
    func anysInAnys() throws {
        var (message, typeFirst, typeLast) = (WellKnown(), "{}", "{}")
        for _ in 0..<20 {
            message = WellKnown.with { $0.any = JSONWellKnownTests.any("torture.v1.WellKnown", message) }
            let inner = { (text: String) in text == "{}" ? "" : String(text.dropFirst().dropLast()) }
            let type = #""@type":"type.googleapis.com/torture.v1.WellKnown""#
            typeFirst = "{\"any\":{\([type, inner(typeFirst)].filter { !$0.isEmpty }.joined(separator: ","))}}"
            typeLast = "{\"any\":{\([inner(typeLast), type].filter { !$0.isEmpty }.joined(separator: ","))}}"
        }
        #expect(try WellKnown(json: typeFirst) == message)
        #expect(try WellKnown(json: typeLast) == message)
        #expect(try message.json() == typeFirst)
    }

    @Test("An Any can hold types of another pool when it is given")
    func anyFromElsewhere() throws {
        let json = #"{"@type":"type.googleapis.com/torture.v1.Subset","int32":5}"#
        #expect(throws: JSONError.self) { try StandardTypes.`Any`(json: json) }
        let types = try DescriptorPool([Subset.file])
        let any = try StandardTypes.`Any`(json: json, types: types)
        #expect(any == JSONWellKnownTests.any("torture.v1.Subset", Subset.with { $0.int32 = 5 }))
        #expect(try any.json(types: types) == json)
    }
}
