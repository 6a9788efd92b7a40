import Protobuf
import Testing

@Suite("Oneofs and messages that contain themselves")
struct OneofTests {
    @Test("The last member wins")
    func lastWins() throws {
        #expect(try Node(decoding: hex("22 01 61 30 05")).kind == .number(5))
        #expect(try Node(decoding: hex("30 05 22 01 61")).kind == .leaf("a"))
    }

    @Test("A member is written when it is at its default, too")
    func defaultMember() throws {
        #expect(Node.with { $0.kind = .number(0) }.encoded() == hex("30 00"))
        #expect(Node.with { $0.kind = .leaf("") }.encoded() == hex("22 00"))
        #expect(Node.with { $0.kind = .inner(Node()) }.encoded() == hex("1A 00"))
        #expect(try Node(decoding: hex("30 00")).kind == .number(0))
    }

    @Test("A message merges into the same member")
    func memberMerges() throws {
        let bytes = hex("1A 02 30 05  1A 02 38 07")
        let inner = Node.with { ($0.kind, $0.second) = (.number(5), .long(7)) }
        #expect(try Node(decoding: bytes).kind == .inner(inner))
    }

    @Test("A message does not merge over another member")
    func memberReplaces() throws {
        let bytes = hex("1A 02 30 05  22 01 61  1A 02 38 07")
        #expect(try Node(decoding: bytes).kind == .inner(Node.with { $0.second = .long(7) }))
    }

    @Test("Members whose numbers have other fields between are written in number order")
    func numberOrder() throws {
        let message = Node.with {
            $0.kind = .number(1)
            $0.children = [Node()]
            $0.second = .color(.red)
            $0.only = .lone(Other())
        }
        #expect(message.encoded() == hex("2A 00 30 01 42 00 48 01"))
        #expect(try Node(decoding: message.encoded()) == message)
    }

    @Test("A boxed field is a value: a copy does not see later changes")
    func boxedIsAValue() {
        var first = Node.with { $0.child = Node.with { $0.kind = .number(1) } }
        let copy = first
        first.child?.kind = .number(2)
        #expect(copy.child?.kind == .number(1))
        #expect(first.child?.kind == .number(2))
        #expect(first != copy)
        first.child?.kind = .number(1)
        #expect(first == copy)
        #expect(Set([first, copy]).count == 1)
    }

    @Test("A boxed field, and a message in a oneof, is changed where it is: what comes in many pieces is not copied for each")
    func noCopies() throws {
        let pieces = hex("0A 00 0A 00 0A 00 12 00 12 00 12 00")
        let holder = try Holder(decoding: pieces)
        #expect(holder.boxed?.merges == [true, true, true])
        #expect(holder.member?.message.merges == [true, true, true])
        var emptied = holder
        emptied.boxed = nil
        #expect(holder.boxed != nil)
        emptied.boxed?.merges = []
        #expect(emptied.boxed == nil)
    }

    @Test("Messages that contain each other survive the way there and back")
    func mutualRecursion() throws {
        let message = Node.with {
            $0.other = Other.with { $0.deep = Other.Deep.with { $0.other = Other.with { $0.node = Node() } } }
        }
        #expect(try Node(decoding: message.encoded()) == message)
    }
}

/// A message that notes, each time it is merged into, whether nothing else holds its content.
private struct Probe: Message {
    final class Content: Sendable {}

    var content = Content()
    var merges: [Bool] = []
    var unknownFields = UnknownFields()

    static var fullName: String { "torture.v1.Probe" }
    static var file: EmbeddedFile { Node.file }

    mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        merges.append(isKnownUniquelyReferenced(&content))
        while try decoder.nextTag() != 0 {
            try decoder.skip(keepingIn: &unknownFields)
        }
    }

    func encode(to encoder: inout Encoder) {}

    static func == (first: Probe, second: Probe) -> Bool { first.merges == second.merges }

    func hash(into hasher: inout Hasher) {
        hasher.combine(merges)
    }
}

private struct Holder: Message {
    enum Member: Sendable, Hashable {
        case message(Probe)

        var message: Probe {
            switch self {
            case .message(let value): value
            }
        }
    }

    @Boxed var boxed: Probe?
    var member: Member?
    var unknownFields = UnknownFields()

    static var fullName: String { "torture.v1.Holder" }
    static var file: EmbeddedFile { Node.file }

    mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
        while true {
            switch try decoder.nextTag() {
            case 0: return
            case 10: try decoder.message(&boxed)
            case 18: try decoder.member(&member, { .message($0) }, { $0.message })
            default: try decoder.skip(keepingIn: &unknownFields)
            }
        }
    }

    func encode(to encoder: inout Encoder) {}
}
