import Protobuf
import StandardTypes
import Testing

@Suite("Dynamic messages")
struct DynamicMessageTests {
    static func new<M: Message>(_ type: M.Type) throws -> DynamicMessage {
        DynamicMessage(try #require(DescriptorPool([M.file]).message(named: M.fullName)))
    }

    static func decoded<M: Message>(_ type: M.Type, _ bytes: String, limits: DecodeLimits = .standard) throws -> DynamicMessage {
        var message = try new(type)
        unsafe try message.merge(hex(bytes).span.bytes, limits: limits)
        return message
    }

    // MARK: Fields

    @Test("A field is set and read by its number, its name, its JSON name and its descriptor")
    func addressing() throws {
        var message = try DynamicMessageTests.new(Repeats.self)
        let field = try #require(message.descriptor.field(number: 18))
        try message.set(18, to: .list([.int32(1)]))
        #expect(message["unpacked_int32"] == .list([.int32(1)]))
        try message.set("unpackedInt32", to: .list([.int32(2)]))
        #expect(message[18] == .list([.int32(2)]))
        try message.set(field, to: .list([.int32(3)]))
        #expect(message[field] == .list([.int32(3)]))
        #expect(message[99] == nil && message["nothing"] == nil && message["[p.nothing]"] == nil)
        #expect(message[-1] == nil && message[Int32.max] == nil && message[Int32.min] == nil)
    }

    @Test("Every scalar type is written as the generated type writes it")
    func scalars() throws {
        var message = try DynamicMessageTests.new(Scalars.self)
        let values: [(String, DynamicValue)] = [
            ("double", .double(-0.0)), ("float", .float(-.infinity)), ("int32", .int32(-1)), ("int64", .int64(.min)),
            ("uint32", .uint32(.max)), ("uint64", .uint64(.max)), ("sint32", .int32(.min)), ("sint64", .int64(-2)),
            ("fixed32", .uint32(7)), ("fixed64", .uint64(8)), ("sfixed32", .int32(-9)), ("sfixed64", .int64(-10)),
            ("bool", .bool(true)), ("string", .string("ß")), ("bytes", .bytes([0])), ("color", .enumeration(-5)),
        ]
        for (name, value) in values {
            try message.set(name, to: value)
            #expect(message[name] == value)
        }
        let expected = Scalars.with {
            ($0.double, $0.float, $0.int32, $0.int64, $0.uint32, $0.uint64) = (-0.0, -.infinity, -1, .min, .max, .max)
            ($0.sint32, $0.sint64, $0.fixed32, $0.fixed64, $0.sfixed32, $0.sfixed64) = (.min, -2, 7, 8, -9, -10)
            ($0.bool, $0.string, $0.bytes, $0.color) = (true, "ß", [0], .negative)
        }
        #expect(message.encoded() == expected.encoded())
        #expect(try DynamicMessage(message.descriptor, decoding: expected.encoded()) == message)
        #expect(message.setFields.map(\.value) == values.map(\.1))
    }

    @Test("A default is nothing without presence, and something with it")
    func presence() throws {
        var scalars = try DynamicMessageTests.new(Scalars.self)
        var optionals = try DynamicMessageTests.new(Optionals.self)
        let defaults: [(String, DynamicValue)] = [
            ("int32", .int32(0)), ("double", .double(0)), ("string", .string("")), ("bytes", .bytes([])), ("bool", .bool(false)),
        ]
        for (name, value) in defaults {
            let (implicit, explicit) = try (
                #require(scalars.descriptor.field(named: name)), #require(optionals.descriptor.field(named: name))
            )
            try scalars.set(name, to: value)
            try optionals.set(name, to: value)
            #expect(!scalars.has(implicit) && scalars[name] == nil)
            #expect(optionals.has(explicit) && optionals[name] == value)
            #expect(try scalars.value(of: implicit) == value)
            optionals.clear(explicit)
            #expect(!optionals.has(explicit))
            #expect(try optionals.value(of: explicit) == value)
        }
        #expect(scalars.encoded() == [] && optionals.encoded() == [])
    }

    @Test("A default on the wire brings a field without presence back to it")
    func defaultOnTheWire() throws {
        let message = try DynamicMessageTests.decoded(Scalars.self, "18 05 72 01 61 7A 01 61  18 00 72 00 7A 00")
        #expect(message == DynamicMessage(message.descriptor))
    }

    @Test("An empty list or map is none, and one of another size takes the place of the former")
    func lists() throws {
        var repeats = try DynamicMessageTests.decoded(Repeats.self, "1A 02 01 02 72 01 61")
        try repeats.set("int32", to: .list([.int32(9)]))
        try repeats.set("string", to: .list([]))
        #expect(repeats.encoded() == hex("1A 01 09"))
        #expect(try DynamicMessageTests.decoded(Repeats.self, "1A 00 4A 00").setFields.isEmpty)
        var maps = try DynamicMessageTests.new(Maps.self)
        try maps.set("bool", to: .map([.bool(true): .bool(false)]))
        #expect(maps.encoded() == hex("42 04 08 01 10 00"))
        #expect(maps["bool"]?.mapValue?[.bool(true)] == .bool(false))
        try maps.set("bool", to: .map([:]))
        #expect(maps.encoded() == [])
    }

    // MARK: Errors

    struct Wrong: Sendable, CustomTestStringConvertible {
        let type: any Message.Type
        let name: String
        let value: DynamicValue
        let error: String

        var testDescription: String { error }
    }

    static let wrong: [Wrong] = [
        Wrong(
            type: Scalars.self, name: "int32", value: .int64(1), error: "The field torture.v1.Scalars.int32 takes an int32, not an int64."),
        Wrong(
            type: Scalars.self, name: "uint64", value: .int64(1), error: "The field torture.v1.Scalars.uint64 takes a uint64, not an int64."
        ),
        Wrong(
            type: Scalars.self, name: "double", value: .float(1), error: "The field torture.v1.Scalars.double takes a double, not a float."),
        Wrong(
            type: Scalars.self, name: "string", value: .bytes([]), error: "The field torture.v1.Scalars.string takes a string, not bytes."),
        Wrong(
            type: Scalars.self, name: "bytes", value: .string(""), error: "The field torture.v1.Scalars.bytes takes bytes, not a string."),
        Wrong(
            type: Scalars.self, name: "color", value: .int32(1), error: "The field torture.v1.Scalars.color takes an enum, not an int32."),
        Wrong(type: Scalars.self, name: "bool", value: .list([]), error: "The field torture.v1.Scalars.bool takes a bool, not a list."),
        Wrong(
            type: Scalars.self, name: "nested", value: .map([:]),
            error: "The field torture.v1.Scalars.nested takes a torture.v1.Scalars, not a map."),
        Wrong(type: Repeats.self, name: "bool", value: .bool(true), error: "The field torture.v1.Repeats.bool takes a list, not a bool."),
        Wrong(
            type: Repeats.self, name: "bool", value: .list([.bool(true), .int32(1)]),
            error: "The field torture.v1.Repeats.bool takes a bool, not an int32."),
        Wrong(type: Maps.self, name: "bool", value: .list([]), error: "The field torture.v1.Maps.bool takes a map, not a list."),
        Wrong(
            type: Maps.self, name: "bool", value: .map([.int32(1): .bool(true)]),
            error: "The field torture.v1.Maps.BoolEntry.key takes a bool, not an int32."),
        Wrong(
            type: Maps.self, name: "int64", value: .map([.int64(1): .bool(true)]),
            error: "The field torture.v1.Maps.Int64Entry.value takes a string, not a bool."),
    ]

    @Test("A value of another type is refused with a sentence, and changes nothing", arguments: wrong)
    func wrongTypes(_ example: Wrong) throws {
        var message = try DynamicMessageTests.new(example.type)
        let error = #expect(throws: DynamicError.self) { try message.set(example.name, to: example.value) }
        #expect(error?.kind == .wrongType)
        #expect(error?.description == example.error)
        #expect(message.setFields.isEmpty)
    }

    @Test("A message of another pool is another type")
    func otherPool() throws {
        var message = try DynamicMessageTests.new(Scalars.self)
        let other = try DynamicMessageTests.new(Scalars.self)
        let error = #expect(throws: DynamicError.self) { try message.set("nested", to: .message(other)) }
        #expect(error?.kind == .wrongType)
        #expect(message != other)
        let field = try #require(other.descriptor.field(named: "int32"))
        #expect(message[field] == nil && !message.has(field))
        #expect(throws: DynamicError.self) { try message.set(field, to: .int32(1)) }
        #expect(throws: DynamicError.self) { try message.value(of: field) }
        message.clear(field)
    }

    @Test("A field that is not there cannot be set")
    func unknownFields() throws {
        var message = try DynamicMessageTests.new(Scalars.self)
        let first = #expect(throws: DynamicError.self) { try message.set("nothing", to: .int32(1)) }
        #expect(first?.description == "torture.v1.Scalars has no field nothing.")
        let second = #expect(throws: DynamicError.self) { try message.set(99, to: .int32(1)) }
        #expect(second?.description == "torture.v1.Scalars has no field 99.")
        #expect(second?.kind == .unknownField)
    }

    @Test("A typed message of a type that the pool does not have is refused")
    func unknownType() throws {
        let pool = try DescriptorPool([Scalars.file])
        let error = #expect(throws: DynamicError.self) { try DynamicMessage(FileOptions(), in: pool) }
        #expect(error?.description == "The pool has no message google.protobuf.FileOptions.")
        #expect(try DynamicMessage(Scalars.with { $0.int32 = 5 }, in: pool)["int32"] == .int32(5))
    }

    // MARK: The binary format

    @Test("Bytes that are no message have the errors that the generated type gives them", arguments: MalformedTests.examples)
    func malformed(_ example: MalformedTests.Example) throws {
        let bytes = hex(example.bytes)
        let expected = #expect(throws: DecodeError.self) { try Scalars(decoding: bytes) }
        let type = try DynamicMessageTests.new(Scalars.self).descriptor
        let error = #expect(throws: DecodeError.self) { try DynamicMessage(type, decoding: bytes) }
        #expect(error == expected)
    }

    @Test("Limits are those of the generated type")
    func limits() throws {
        let node = try DynamicMessageTests.new(Node.self).descriptor
        let repeats = try DynamicMessageTests.new(Repeats.self).descriptor
        _ = try DynamicMessage(node, decoding: LimitTests.nested(100))
        func kind(_ body: () throws -> DynamicMessage) -> DecodeError.Kind? { #expect(throws: DecodeError.self) { try body() }?.kind }
        #expect(kind { try DynamicMessage(node, decoding: LimitTests.nested(101)) } == .tooDeep)
        #expect(kind { try DynamicMessage(node, decoding: [0, 0], limits: DecodeLimits(totalBytes: 1)) } == .tooManyBytes)
        for bytes in ["1A 03 01 02 03", "18 01 72 00 8A 01 00", "1A 02 01 02 1A 01 03", "18 01 18 02 18 03", "8A 01 00 8A 01 00 8A 01 00"] {
            _ = try DynamicMessage(repeats, decoding: hex(bytes), limits: DecodeLimits(elements: 3))
            #expect(kind { try DynamicMessage(repeats, decoding: hex(bytes), limits: DecodeLimits(elements: 2)) } == .tooManyElements)
        }
        let many = (0..<30_000).flatMap { _ in hex("8A 01 00") }
        #expect(kind { try DynamicMessage(repeats, decoding: many, limits: DecodeLimits(memoryPerWireByte: 8)) } == .tooMuchMemory)
        #expect(throws: Never.self) { try DynamicMessage(repeats, decoding: many) }
    }

    @Test("A oneof holds its last member, and a message merges into the same one only")
    func oneofs() throws {
        #expect(try DynamicMessageTests.decoded(Node.self, "22 01 61 30 05").encoded() == hex("30 05"))
        #expect(try DynamicMessageTests.decoded(Node.self, "30 05 22 01 61").encoded() == hex("22 01 61"))
        #expect(try DynamicMessageTests.decoded(Node.self, "1A 02 30 05 1A 02 38 07").encoded() == hex("1A 04 30 05 38 07"))
        #expect(try DynamicMessageTests.decoded(Node.self, "1A 02 30 05 22 01 61 1A 02 38 07").encoded() == hex("1A 02 38 07"))
        var message = try DynamicMessageTests.decoded(Node.self, "48 01 2A 00 42 00 30 00")
        #expect(message.encoded() == hex("2A 00 30 00 42 00 48 01"))
        #expect(message.member(ofOneof: "kind")?.name == "number")
        #expect(message.member(ofOneof: 1)?.name == "color")
        #expect(message["number"] == .int32(0) && message["leaf"] == nil)
        try message.set("leaf", to: .string(""))
        #expect(message.member(ofOneof: "kind")?.name == "leaf")
        #expect(message["number"] == nil)
        message.clear(try #require(message.descriptor.field(named: "number")))
        #expect(message.member(ofOneof: "kind")?.name == "leaf")
        message.clear(try #require(message.descriptor.field(named: "leaf")))
        #expect(message.member(ofOneof: "kind") == nil && message.member(ofOneof: "nothing") == nil && message.member(ofOneof: 99) == nil)
    }

    @Test("Singular messages merge, packed and unpacked are both read, map values are replaced")
    func merging() throws {
        #expect(try DynamicMessageTests.decoded(Scalars.self, "8A 01 02 18 05 8A 01 02 20 06").encoded() == hex("8A 01 04 18 05 20 06"))
        #expect(try DynamicMessageTests.decoded(Repeats.self, "18 01 1A 02 02 03 18 04").encoded() == hex("1A 04 01 02 03 04"))
        #expect(try DynamicMessageTests.decoded(Repeats.self, "92 01 02 01 02 90 01 03").encoded() == hex("90 01 01 90 01 02 90 01 03"))
        let maps = try DynamicMessageTests.decoded(Maps.self, "4A 07 0A 01 6B 12 02 18 05 4A 07 0A 01 6B 12 02 20 06 08 01 0A 02 08 07")
        #expect(maps.encoded() == hex("0A 04 08 07 10 00 4A 07 0A 01 6B 12 02 20 06 08 01"))
    }

    @Test("Unknown fields are kept in order and written last")
    func unknown() throws {
        var message = try DynamicMessageTests.decoded(Subset.self, "7A 01 FF 18 05 09 01 02 03 04 05 06 07 08 0B 13 14 0C 1D 01 02 03 04")
        #expect(message.encoded() == hex("18 05 7A 01 FF 09 01 02 03 04 05 06 07 08 0B 13 14 0C 1D 01 02 03 04"))
        #expect(try !message.json().contains("15"))
        message.unknownFields = UnknownFields()
        #expect(message.encoded(reserving: 2) == [0, 0, 0x18, 5])
    }

    @Test("Keys that only spell a character differently are two, and deterministic output sorts each type of key in its own way")
    func mapKeys() throws {
        let composed = "4A 06 0A 02 C3 A9 12 00"
        let decomposed = "4A 07 0A 03 65 CC 81 12 00"
        let maps = try DynamicMessageTests.decoded(Maps.self, composed + decomposed)
        #expect(maps["string"]?.mapValue?.count == 2)
        #expect(maps.encoded() == hex(composed + decomposed))
        #expect(maps.encoded(deterministic: true) == hex(decomposed + composed))
        #expect(try maps == DynamicMessageTests.decoded(Maps.self, decomposed + composed).with(pool: maps))
        var signed = maps
        try signed.set("sint32", to: .map([.int32(1): .int64(0), .int32(-1): .int64(0), .int32(0): .int64(0)]))
        try signed.set("string", to: .map([:]))
        #expect(signed.encoded(deterministic: true) == hex("2A 04 08 01 10 00 2A 04 08 00 10 00 2A 04 08 02 10 00"))
    }

    @Test("A copy does not see later changes")
    func values() throws {
        var first = try DynamicMessageTests.decoded(Node.self, "0A 02 30 05")
        let copy = first
        try first.set("number", to: .int32(1))
        #expect(copy.encoded() == hex("0A 02 30 05"))
        #expect(first.encoded() == hex("0A 02 30 05 30 01"))
        #expect(first != copy)
        first.clear(try #require(first.descriptor.field(named: "number")))
        #expect(first == copy && Set([first, copy]).count == 1)
    }

    @Test("Text is the same whether it came from the wire or was set, short or long", arguments: [0, 1, 15, 16, 200, 256, 257, 5000])
    func text(count: Int) throws {
        let text = String(repeating: "é", count: count / 2) + String(repeating: "a", count: count % 2)
        let typed = Optionals.with { ($0.string, $0.bytes, $0.int32) = (text, [UInt8](text.utf8), 1) }
        var read = try DynamicMessage(typed, in: DescriptorPool([Optionals.file]))
        var made = DynamicMessage(read.descriptor)
        try made.set("string", to: .string(text))
        try made.set("bytes", to: .bytes([UInt8](text.utf8)))
        try made.set("int32", to: .int32(1))
        #expect(read == made && Set([read, made]).count == 1)
        #expect(read.encoded() == typed.encoded() && made.encoded() == typed.encoded())
        #expect(
            try read["string"] == .string(text) && read.value(of: #require(read.descriptor.field(number: 15))) == .bytes([UInt8](text.utf8))
        )
        // What is changed in a copy is changed nowhere else, and text that is replaced is gone.
        let copy = read
        unsafe try read.merge(hex("72 01 62 18 02 80 01 00").span.bytes)
        try read.set("bytes", to: .bytes([7]))
        #expect(copy == made && read != made)
        #expect(read.encoded() == hex("18 02 72 01 62 7A 01 07 80 01 00"))
        unsafe try read.merge(made.encoded().span.bytes)
        #expect(read["string"] == .string(text))
    }

    @Test("Large messages are written, too, and JSON keeps its options")
    func largeAndJSON() throws {
        let large = Repeats.with { $0.string = (0..<10_000).map { "element \($0)" } }
        let message = try DynamicMessage(large, in: DescriptorPool([Repeats.file]))
        #expect(message.encoded() == large.encoded())
        let scalars = try DynamicMessageTests.decoded(Scalars.self, "80 01 01")
        #expect(try scalars.json(JSONEncodeOptions(writesEnumsAsNumbers: true)) == #"{"color":1}"#)
        let error = #expect(throws: JSONError.self) { try DynamicMessage(scalars.descriptor, json: #"{"colour": 1}"#) }
        #expect(error?.description.contains("color") == true)
        let options = JSONDecodeOptions(ignoresUnknownFields: true)
        #expect(try DynamicMessage(scalars.descriptor, json: #"{"colour": 1}"#, options: options).encoded() == [])
    }
}

extension DynamicMessage {
    /// The same message as one of the pool of `other`.
    fileprivate func with(pool other: DynamicMessage) throws -> DynamicMessage {
        try DynamicMessage(other.descriptor, decoding: encoded())
    }
}

@Suite("Dynamic messages of proto2, as far as option files need it")
struct DynamicProto2Tests {
    static func type() throws -> MessageDescriptor {
        let file = FileDescriptorProto.with {
            $0.name = "two.proto"
            $0.messageType = [
                DynamicPoolTests.message(
                    "M", PoolTests.field("number", 1, .int32), PoolTests.field("one", 2, .group, ".M"),
                    DynamicPoolTests.field("many", 3) { ($0.type, $0.typeName, $0.label) = (.group, ".M", .repeated) })
            ]
        }
        return try #require(DescriptorPool([file]).message(named: "M"))
    }

    @Test("Groups are read and written with all that is in them")
    func groups() throws {
        let type = try DynamicProto2Tests.type()
        let bytes = hex("08 00 13 08 01 13 14 28 07 14 1B 1C 1B 08 02 1C")
        let message = try DynamicMessage(type, decoding: bytes)
        #expect(message.encoded() == bytes)
        #expect(message["one"]?.messageValue?["number"] == .int32(1))
        #expect(message["one"]?.messageValue?.unknownFields.bytes == [0x28, 7])
        #expect(message["many"]?.listValue?.count == 2)
        // Groups merge as messages do.
        #expect(try DynamicMessage(type, decoding: hex("13 08 01 14 13 1B 1C 14")).encoded() == hex("13 08 01 1B 1C 14"))
    }

    @Test(
        "Groups that do not end, or end as another, are errors",
        arguments: [("13", DecodeError.Kind.truncated), ("13 1C", .unmatchedGroup), ("14", .unmatchedGroup), ("13 08 01", .truncated)])
    func damagedGroups(bytes: String, kind: DecodeError.Kind) throws {
        let type = try DynamicProto2Tests.type()
        let error = #expect(throws: DecodeError.self) { try DynamicMessage(type, decoding: hex(bytes)) }
        #expect(error?.kind == kind)
    }

    @Test("Groups count as deep as messages")
    func depth() throws {
        let type = try DynamicProto2Tests.type()
        func groups(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x13, count: count) + [UInt8](repeating: 0x14, count: count) }
        _ = try DynamicMessage(type, decoding: groups(99))
        let error = #expect(throws: DecodeError.self) { try DynamicMessage(type, decoding: groups(100)) }
        #expect(error?.kind == .tooDeep)
    }
}
