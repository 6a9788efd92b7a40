import Protobuf
import StandardTypes
import Testing

/// Descriptors come from peers, by reflection.
@Suite("Hostile descriptors")
struct DynamicPoolTests {
    typealias Fill = @Sendable (inout FileDescriptorProto) -> Void

    struct Refused: Sendable, CustomTestStringConvertible {
        let error: String
        let fill: Fill

        init(_ error: String, _ fill: @escaping Fill) {
            self.error = error
            self.fill = fill
        }

        var testDescription: String { error }
    }

    static func field(_ name: String, _ number: Int32, _ fill: (inout FieldDescriptorProto) -> Void) -> FieldDescriptorProto {
        var field = PoolTests.field(name, number, .int32)
        fill(&field)
        return field
    }

    static func message(
        _ name: String, _ fields: FieldDescriptorProto..., fill: (inout DescriptorProto) -> Void = { _ in }
    ) -> DescriptorProto {
        DescriptorProto.with {
            ($0.name, $0.field) = (name, fields)
            fill(&$0)
        }
    }

    static func mapEntry(_ name: String, key: FieldDescriptorProto.Kind) -> DescriptorProto {
        message(name, PoolTests.field("key", 1, key, ".M"), PoolTests.field("value", 2, .int32)) {
            $0.options = MessageOptions.with { $0.mapEntry = true }
        }
    }

    static let refused: [Refused] = [
        Refused("M has two fields with the number 1: a and b.") {
            $0.messageType = [message("M", PoolTests.field("a", 1, .int32), PoolTests.field("b", 1, .string))]
        },
        Refused("M has two fields with the name a.") {
            $0.messageType = [message("M", PoolTests.field("a", 1, .int32), PoolTests.field("a", 2, .int32))]
        },
        Refused("M has two fields with the number 7: a and x.") {
            $0.messageType = [message("M", PoolTests.field("a", 7, .int32))]
            $0.extension = [field("x", 7) { $0.extendee = ".M" }]
        },
        Refused("x is declared twice.") { $0.extension = [1, 2].map { field("x", $0) { $0.extendee = ".M" } } },
        Refused("The extension x is in a oneof, which no extension can be.") {
            $0.extension = [field("x", 7) { ($0.extendee, $0.oneofIndex) = (".M", 0) }]
        },
        Refused("The field M.a is in oneof 0, which M does not have.") {
            $0.messageType = [message("M", field("a", 1) { $0.oneofIndex = 0 })]
        },
        Refused("The field M.a is in oneof -5, which M does not have.") {
            $0.messageType = [message("M", field("a", 1) { $0.oneofIndex = -5 }) { $0.oneofDecl = [OneofDescriptorProto()] }]
        },
        Refused("The field M.a is repeated, and cannot be in a oneof.") {
            $0.messageType = [
                message("M", field("a", 1) { ($0.oneofIndex, $0.label) = (0, .repeated) }) { $0.oneofDecl = [OneofDescriptorProto()] }
            ]
        },
        Refused("The enum M.E has no values.") {
            $0.messageType = [message("M") { $0.enumType = [EnumDescriptorProto.with { $0.name = "E" }] }]
        },
        Refused("The field M.a is of a map's entry type, and must be a repeated message.") {
            $0.messageType = [message("M", PoolTests.field("a", 1, .message, ".M.E")) { $0.nestedType = [mapEntry("E", key: .int32)] }]
        },
        Refused("The field M.a is of a map's entry type, and must be a repeated message.") {
            let group = field("a", 1) { ($0.type, $0.typeName, $0.label) = (.group, ".M.E", .repeated) }
            $0.messageType = [message("M", group) { $0.nestedType = [mapEntry("E", key: .int32)] }]
        },
        Refused("M.E has a key of a type that no map can have.") {
            $0.messageType = [message("M") { $0.nestedType = [mapEntry("E", key: .double)] }]
        },
        Refused("M.E has a key of a type that no map can have.") {
            $0.messageType = [message("M") { $0.nestedType = [mapEntry("E", key: .message)] }]
        },
        Refused("A file declares \"\", which is not a name.") { $0.messageType = [DescriptorProto()] },
        Refused("A file declares \"a.b\", which is not a name.") { $0.messageType = [message("a.b")] },
        Refused("M declares \"1st\", which is not a name.") { $0.messageType = [message("M", PoolTests.field("1st", 1, .int32))] },
        Refused("\"a..b\" is not the name of a package.") { $0.package = "a..b" },
        Refused("M uses the message N, which is in none of the files.") {
            $0.messageType = [message("M", PoolTests.field("n", 1, .message, "N")), message("N")]
        },
        Refused("M uses the message without a name, which is in none of the files.") {
            $0.messageType = [message("M", PoolTests.field("n", 1, .group))]
        },
        Refused("Field a of M has number 536870912, which is not between 1 and 536870911.") {
            $0.messageType = [message("M", PoolTests.field("a", 1 << 29, .int32))]
        },
        Refused("S uses the message .N, which is in none of the files.") {
            $0.service = [
                ServiceDescriptorProto.with {
                    $0.name = "S"
                    $0.method = [MethodDescriptorProto.with { ($0.name, $0.inputType, $0.outputType) = ("Do", ".N", ".N") }]
                }
            ]
        },
    ]

    @Test("What only bears the names of struct.proto is refused", arguments: [".google.protobuf.Empty", ".google.protobuf.E"])
    func impostors(type: String) {
        let file = PoolTests.file("a.proto") {
            $0.package = "google.protobuf"
            $0.messageType = [
                DynamicPoolTests.message(
                    "Struct", DynamicPoolTests.field("fields", 1) { ($0.type, $0.typeName, $0.label) = (.message, type, .repeated) }),
                DynamicPoolTests.message("Empty"), DynamicPoolTests.mapEntry("E", key: .string),
            ]
        }
        let error = #expect(throws: DescriptorError.self) { try DescriptorPool([file]) }
        #expect(error?.description == "google.protobuf.Struct is not the one of google/protobuf/struct.proto.")
    }

    @Test("Are refused with a sentence", arguments: refused)
    func refusals(_ example: Refused) {
        let error = #expect(throws: DescriptorError.self) { try DescriptorPool([PoolTests.file("a.proto", example.fill)]) }
        #expect(error?.description == example.error)
    }

    @Test("Names that would repeat a long scope without end are refused")
    func longNames() {
        let long = String(repeating: "a", count: 400)
        let file = PoolTests.file("a.proto") {
            $0.messageType = [DynamicPoolTests.message(long) { $0.nestedType = [DynamicPoolTests.message(long)] }]
        }
        let error = #expect(throws: DescriptorError.self) { try DescriptorPool([file]) }
        #expect(error?.description == "The name \(String(repeating: "a", count: 60))… is longer than 512 bytes.")
        #expect(throws: DescriptorError.self) { try DescriptorPool([PoolTests.file("a.proto") { $0.package = long + long }]) }
    }

    @Test("The largest field number, and a message that contains itself, are fine")
    func extremes() throws {
        let file = PoolTests.file("a.proto") {
            $0.messageType = [
                DynamicPoolTests.message("M", PoolTests.field("far", 0x1FFF_FFFF, .int32), PoolTests.field("me", 1, .message, ".M"))
            ]
        }
        let type = try #require(DescriptorPool([file]).message(named: "M"))
        var message = DynamicMessage(type)
        try message.set("far", to: .int32(1))
        try message.set("me", to: .message(message))
        #expect(message.encoded() == hex("0A 06 F8 FF FF FF 0F 01 F8 FF FF FF 0F 01"))
        #expect(try DynamicMessage(type, decoding: message.encoded()) == message)
    }

    @Test("A hundred thousand fields take no more memory than those that are set, in whatever order they come")
    func manyFields() throws {
        let count: Int32 = 100_000
        let file = PoolTests.file("a.proto") {
            $0.messageType = [
                DescriptorProto.with {
                    $0.name = "M"
                    $0.field = (1...count).map { PoolTests.field("f\($0)", $0 * 3, .int32) }
                }
            ]
        }
        let type = try #require(DescriptorPool([file]).message(named: "M"))
        var random = SeededGenerator(seed: 1)
        let order = (1...count).shuffled(using: &random)
        func bytes(_ numbers: some Sequence<Int32>, value: UInt8) -> [UInt8] {
            var bytes: [UInt8] = []
            for number in numbers {
                bytes += LimitTests.varint(Int(number) * 24) + [value]
            }
            return bytes
        }
        let arrived = bytes(order + order, value: 1)
        let message = try DynamicMessage(type, decoding: arrived)
        #expect(message.setFields.count == Int(count))
        #expect(message[3] == .int32(1))
        #expect(message[4] == nil)
        #expect(message.encoded() == bytes(1...count, value: 1))
        // Fields that were set and then brought to their defaults are gone.
        #expect(try DynamicMessage(type, decoding: arrived + bytes(order, value: 0)) == DynamicMessage(type))
    }

    @Test("Damaged descriptors make a pool or an error, and what a pool makes of random bytes is a message or an error")
    func damaged() throws {
        let seed = DynamicRandomTests.seed
        var source = RandomMessage(random: SeededGenerator(seed: seed))
        let files = Scalars.file.closure
        for round in 0..<150 {
            var protos: [FileDescriptorProto] = []
            for file in files {
                // One of the files is damaged, in its own bytes.
                let bytes = file.name == "torture/v1/torture.proto" || round % 10 == 0 ? source.damage(file.bytes) : file.bytes
                if let proto = try? FileDescriptorProto(decoding: bytes) {
                    protos.append(proto)
                }
            }
            guard let pool = try? DescriptorPool(protos) else { continue }
            for name in ["Scalars", "Optionals", "Repeats", "Maps", "Node", "Other", "WellKnown"] {
                guard let type = pool.message(named: "torture.v1.\(name)") else { continue }
                let bytes = source.bytes(type)
                guard let message = try? DynamicMessage(type, decoding: bytes) else { continue }
                let note = Comment("seed \(seed), round \(round)")
                #expect(try DynamicMessage(type, decoding: message.encoded()) == message, note)
                #expect(try DynamicRandomTests.rebuilt(message) == message, note)
                if let json = try? message.json() {
                    _ = try? DynamicMessage(type, json: json)
                }
            }
        }
    }
}
