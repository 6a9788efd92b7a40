internal import BenchAPI
internal import Protobuf

/// One operation on one message, as `switchbench codec` runs it.
public struct CodecCase: Sendable {
    /// `invoice-encode`
    public let name: String

    /// Does it that many times.
    public let run: @Sendable (Int) throws -> Void

    /// Does it once; true if what comes out is what went in. A benchmark that measures garbage is worth nothing.
    public let check: @Sendable () throws -> Bool

    private init<Output>(
        _ name: String, _ operation: @escaping @Sendable () throws -> Output, _ isRight: @escaping @Sendable (Output) throws -> Bool
    ) {
        self.name = name
        run = { count in
            for _ in 0..<count {
                _ = try operation()
            }
        }
        check = { try isRight(operation()) }
    }

    /// Encoding into memory that is used again.
    private init<M: Message>(_ name: String, appending message: M) {
        self.name = name
        run = { count in
            var bytes: [UInt8] = []
            for _ in 0..<count {
                bytes.removeAll(keepingCapacity: true)
                message.append(to: &bytes)
            }
        }
        check = {
            var bytes: [UInt8] = []
            message.append(to: &bytes)
            return try M(decoding: bytes) == message
        }
    }

    public static let all: [CodecCase] = cases("invoice", Invoice.sample) + cases("tiny", Tiny.sample)

    public static func named(_ name: String) -> CodecCase? { all.first { $0.name == name } }

    /// The message that is measured as `invoice-…` or `tiny-…`, in the binary format.
    public static func bytes(of name: String) -> [UInt8]? {
        switch name {
        case "invoice": Invoice.sample.encoded()
        case "tiny": Tiny.sample.encoded()
        default: nil
        }
    }

    private static func cases<M: Message>(_ name: String, _ message: M) -> [CodecCase] {
        let bytes = message.encoded()
        guard let json = try? message.json(), let type = try? DescriptorPool([M.file]).message(named: M.fullName),
            let dynamic = try? DynamicMessage(type, decoding: bytes)
        else { return [] }
        return [
            CodecCase("\(name)-encode", { message.encoded() }) { try M(decoding: $0) == message },
            CodecCase("\(name)-encode-reused", appending: message),
            CodecCase("\(name)-decode", { try M(decoding: bytes) }) { $0 == message },
            CodecCase("\(name)-json-encode", { try message.json() }) { try M(json: $0) == message },
            CodecCase("\(name)-json-decode", { try M(json: json) }) { $0 == message },
            CodecCase("\(name)-dynamic-encode", { dynamic.encoded() }) { try M(decoding: $0) == message },
            CodecCase("\(name)-dynamic-decode", { try DynamicMessage(type, decoding: bytes) }) { try M(decoding: $0.encoded()) == message },
            CodecCase("\(name)-dynamic-json-encode", { try dynamic.json() }) { try M(json: $0) == message },
            CodecCase("\(name)-dynamic-json-decode", { try DynamicMessage(type, json: json) }) {
                try M(decoding: $0.encoded()) == message
            },
        ]
    }
}
