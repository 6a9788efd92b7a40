import Protobuf
import StandardTypes
import Testing

@Suite("Random dynamic messages")
struct DynamicRandomTests {
    /// Changes with every run; a failure says which one it was.
    static let seed = UInt64.random(in: 0...UInt64.max)

    /// What the generated type says of bytes, the dynamic one says, too: the same bytes, the same JSON, the same error.
    static func sameAsGenerated<M: Message>(_ type: M.Type) throws {
        let descriptor = try #require(DescriptorPool([M.file]).message(named: M.fullName))
        var source = RandomMessage(random: SeededGenerator(seed: seed))
        for round in 0..<200 {
            let note = Comment("\(M.fullName), seed \(seed), round \(round)")
            let bytes = source.bytes(descriptor)
            let message = try M(decoding: bytes)
            let dynamic = try DynamicMessage(descriptor, decoding: bytes)
            let encoded = message.encoded(deterministic: true)
            #expect(dynamic.encoded(deterministic: true) == encoded, note)
            #expect(try M(decoding: dynamic.encoded()) == message, note)
            #expect(try DynamicMessage(descriptor, decoding: encoded) == dynamic, note)
            #expect(try DynamicMessage(descriptor, decoding: encoded).hashValue == dynamic.hashValue, note)
            let json = try message.json()
            #expect(try dynamic.json() == json, note)
            #expect(try DynamicMessage(descriptor, json: json).encoded(deterministic: true) == encoded, note)
            #expect(try dynamic.jsonBytes() == Array(json.utf8), note)
            #expect(try DynamicMessage(descriptor, json: Array(json.utf8)) == DynamicMessage(descriptor, decoding: encoded), note)
            #expect(try rebuilt(dynamic) == dynamic, note)
            try sameOutcome(type, descriptor, source.damage(encoded), note)
        }
    }

    static func sameOutcome<M: Message>(_ type: M.Type, _ descriptor: MessageDescriptor, _ bytes: [UInt8], _ note: Comment) throws {
        var expected = M()
        var actual = DynamicMessage(descriptor)
        var (expectedError, actualError): (DecodeError?, DecodeError?)
        do throws(DecodeError) { unsafe try expected.merge(bytes.span.bytes) } catch { expectedError = error }
        do throws(DecodeError) { unsafe try actual.merge(bytes.span.bytes) } catch { actualError = error }
        #expect(actualError == expectedError, note)
        if expectedError == nil {
            #expect(actual.encoded(deterministic: true) == expected.encoded(deterministic: true), note)
        }
    }

    /// The same message, made of its values one by one.
    static func rebuilt(_ message: DynamicMessage) throws -> DynamicMessage {
        var copy = DynamicMessage(message.descriptor)
        for (field, value) in message.setFields {
            switch value {
            case .message(let inner): try copy.set(field, to: .message(rebuilt(inner)))
            case .list(let values):
                try copy.set(field, to: .list(values.map { try $0.messageValue.map { .message(try rebuilt($0)) } ?? $0 }))
            default: try copy.set(field, to: value)
            }
        }
        copy.unknownFields = message.unknownFields
        return copy
    }

    @Test("Bytes, JSON and errors are those of the generated type")
    func torture() throws {
        try DynamicRandomTests.sameAsGenerated(Scalars.self)
        try DynamicRandomTests.sameAsGenerated(Optionals.self)
        try DynamicRandomTests.sameAsGenerated(Repeats.self)
        try DynamicRandomTests.sameAsGenerated(Maps.self)
        try DynamicRandomTests.sameAsGenerated(Node.self)
        try DynamicRandomTests.sameAsGenerated(Other.self)
        try DynamicRandomTests.sameAsGenerated(Subset.self)
        try DynamicRandomTests.sameAsGenerated(FileDescriptorProto.self)
    }
}
