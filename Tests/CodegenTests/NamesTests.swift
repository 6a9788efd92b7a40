import Protobuf
import Testing

import let NamesAPI.messages

/// Tests/NamesAPI holds what Swift has other meanings for: words of the language, names of its library and of the runtime, names that
/// only differ in case. That it compiles without a warning is half of the test.
@Suite("Names that Swift has, too")
struct NamesTests {
    @Test("Every message keeps every field, in the binary format and in JSON")
    func roundTrips() throws {
        #expect(messages.count > 100)
        for message in messages { try check(message) }
    }

    private func check<M: Message>(_ type: M.Type) throws {
        let pool = try DescriptorPool([M.file])
        let descriptor = try #require(pool.message(named: M.fullName))
        let bytes = Self.sample(of: descriptor, depth: 3)
        let message = try M(decoding: bytes)
        #expect(message.encoded() == bytes, "\(M.fullName)")
        #expect(message.unknownFields.isEmpty, "\(M.fullName)")
        #expect(try M(json: message.json()) == message, "\(M.fullName)")
    }

    /// Every field once, of each oneof the first one, down to `depth` messages deep.
    private static func sample(of message: MessageDescriptor, depth: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var oneofs = Set<Int>()
        let chosen = message.fields.filter { $0.oneofIndex.map { oneofs.insert($0).inserted } ?? true }
        for field in chosen.sorted(by: { $0.number < $1.number }) {
            let value: [UInt8]
            if let nested = message.message(of: field) {
                if depth == 0, !nested.isMapEntry, !message.isMapEntry { continue }
                // An entry is always written with its value.
                let isDeepest = depth == 0 && !nested.isMapEntry
                let content = isDeepest ? [] : sample(of: nested, depth: depth - (nested.isMapEntry ? 0 : 1))
                value = varint(content.count) + content
            } else if [.string, .bytes].contains(field.kind) {
                value = [1, UInt8(ascii: "x")]
            } else if field.kind == .double {
                value = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
            } else if field.kind == .float {
                value = [0, 0, 0x80, 0x3F]
            } else {
                value = field.isPacked ? [1, 1] : [1]
            }
            bytes += varint(Int(field.number) << 3 | (field.isPacked ? 2 : Int(field.kind.wireType))) + value
        }
        return bytes
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
    }
}
