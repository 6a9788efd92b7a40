import Glibc
import Protobuf

/// A program that reads and writes messages for whoever compares us with other implementations: `Tests/Differential` calls it.
///
/// A request is the name of a message type, a zero byte, one of `b` (binary), `j` (JSON), `i` (JSON, ignoring what is unknown), and the
/// payload. The answer is two results, one of the generated type and one of `DynamicMessage`.
@main enum CodecPeer {
    private static let types: [any Message.Type] = [
        Scalars.self, Optionals.self, Repeats.self, Maps.self, Node.self, Other.self, WellKnown.self, Names.self, Type_.self, Subset.self,
    ]

    static func main() {
        do {
            let pool = try DescriptorPool([Scalars.file])
            let pipe = Pipe()
            while let block = try pipe.read() {
                let parts = block.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(decoding: parts[0], as: UTF8.self)
                guard parts.count == 2, let type = types.first(where: { $0.fullName == name }), let descriptor = pool.message(named: name),
                    let payload = Payload(parts[1])
                else {
                    throw Pipe.Failure(description: "there is no request of that form, or no message \(name)")
                }
                try pipe.write(generated(type, payload).bytes + dynamic(descriptor, payload).bytes)
            }
        } catch {
            print("codecpeer: \(error)")
            exit(1)
        }
    }

    private static func generated<M: Message>(_ type: M.Type, _ payload: Payload) -> Outcome {
        do {
            let message =
                switch payload {
                case .binary(let bytes): try M(decoding: bytes)
                case .json(let text, let options): try M(json: text, options: options)
                }
            return .message(message.encoded(deterministic: true), json: json { () throws(JSONError) in try message.json() })
        } catch {
            return .refusal("\(error)")
        }
    }

    private static func dynamic(_ descriptor: MessageDescriptor, _ payload: Payload) -> Outcome {
        do {
            let message =
                switch payload {
                case .binary(let bytes): try DynamicMessage(descriptor, decoding: bytes)
                case .json(let text, let options): try DynamicMessage(descriptor, json: text, options: options)
                }
            return .message(message.encoded(deterministic: true), json: json { () throws(JSONError) in try message.json() })
        } catch {
            return .refusal("\(error)")
        }
    }

    private static func json(_ body: () throws(JSONError) -> String) -> Result<String, JSONError> {
        Result(catching: body)
    }
}

enum Payload {
    case binary([UInt8])
    case json(String, JSONDecodeOptions)

    init?(_ bytes: ArraySlice<UInt8>) {
        let rest = bytes.dropFirst()
        switch bytes.first {
        case UInt8(ascii: "b"): self = .binary(Array(rest))
        case UInt8(ascii: "j"): self = .json(String(decoding: rest, as: UTF8.self), JSONDecodeOptions())
        case UInt8(ascii: "i"): self = .json(String(decoding: rest, as: UTF8.self), JSONDecodeOptions(ignoresUnknownFields: true))
        default: return nil
        }
    }
}

enum Outcome {
    case message([UInt8], json: Result<String, JSONError>)
    case refusal(String)

    /// One byte, `m`, `t` or `e`, before each block: the message, its JSON, an error's sentence.
    var bytes: [UInt8] {
        switch self {
        case .refusal(let sentence): Self.block("e", Array(sentence.utf8))
        case .message(let bytes, .success(let text)): Self.block("m", bytes) + Self.block("t", Array(text.utf8))
        case .message(let bytes, .failure(let error)): Self.block("m", bytes) + Self.block("e", Array(error.description.utf8))
        }
    }

    private static func block(_ kind: Unicode.Scalar, _ bytes: [UInt8]) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: bytes.count)
        return [UInt8(ascii: kind)] + (0..<4).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + bytes
    }
}
