import Protobuf
import StandardTypes
import Testing

@Suite("Random messages")
struct RandomTests {
    /// Changes with every run; a failure says which one it was.
    static let seed = UInt64.random(in: 0...UInt64.max)

    static func thereAndBack<M: Message>(_ type: M.Type, seed: UInt64) throws {
        let descriptor = try #require(DescriptorPool([M.file]).message(named: M.fullName))
        let transcoder = JSONTranscoder(descriptor)
        var source = RandomMessage(random: SeededGenerator(seed: seed))
        for round in 0..<300 {
            let note = Comment("\(M.fullName), seed \(seed), round \(round)")
            let bytes = source.bytes(descriptor)
            let message = try M(decoding: bytes)
            let encoded = message.encoded(deterministic: true)
            #expect(try M(decoding: encoded) == message, note)
            #expect(try M(decoding: encoded).encoded(deterministic: true) == encoded, note)
            let json = try message.json()
            #expect(try M(json: json) == message, note)
            // A reader guided by the descriptor understands the bytes as the generated reader does.
            #expect(try transcoder.json(from: bytes) == json, note)
            #expect(try transcoder.json(from: encoded) == json, note)
            #expect(try transcoder.bytes(from: json) == encoded, note)
            #expect(try M(json: message.jsonBytes(JSONEncodeOptions(isIndented: true))) == message, note)
            let everything = JSONEncodeOptions(emitsDefaults: true, usesOriginalNames: true, writesEnumsAsNumbers: true)
            #expect(try M(json: message.json(everything)) == message, note)
            let damaged = source.damage(encoded)
            if let survivor = try? M(decoding: damaged) {
                #expect(try M(decoding: survivor.encoded()) == survivor, note)
            }
            _ = try? transcoder.json(from: damaged)
            let text = source.damage([UInt8](json.utf8))
            _ = try? M(json: String(decoding: text, as: UTF8.self))
            _ = try? M(json: text, options: JSONDecodeOptions(ignoresUnknownFields: true))
        }
    }

    @Test("They survive the way to bytes and back, and to JSON and back; damaged ones are an error or a message")
    func thereAndBack() throws {
        try RandomTests.thereAndBack(Scalars.self, seed: RandomTests.seed)
        try RandomTests.thereAndBack(Optionals.self, seed: RandomTests.seed)
        try RandomTests.thereAndBack(Repeats.self, seed: RandomTests.seed)
        try RandomTests.thereAndBack(Maps.self, seed: RandomTests.seed)
        try RandomTests.thereAndBack(Node.self, seed: RandomTests.seed)
        try RandomTests.thereAndBack(FileDescriptorProto.self, seed: RandomTests.seed)
    }
}
