internal import Protobuf
public import RPC

/// Refuses calls without an idempotency key to methods whose .proto has
/// `option (switchboard.options.v1.idempotency) = IDEMPOTENCY_KEYED;`, before a byte of their request is decoded.
public struct RequireIdempotencyKey: CallGuard {
    private let keyedPaths: Set<String>

    /// By the descriptors that services carry.
    public init(for services: [any Service]) {
        keyedPaths = Set(services.flatMap { Self.keyedMethods(of: type(of: $0)) })
    }

    public func applies(to method: MethodInfo) -> Bool { keyedPaths.contains(method.path) }

    public func admit(_ call: Call) throws {
        if call.method != nil { _ = try IdempotencyKey(call) }
    }

    private static func keyedMethods(of service: any Service.Type) -> [String] {
        guard let file = try? FileDescriptorProto(decoding: service.file.bytes) else { return [] }
        let scope = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
        let methods = file.service.first { scope + ($0.name ?? "") == service.serviceName }?.method ?? []
        return methods.filter { isKeyed($0.options) }.map { "/\(service.serviceName)/\($0.name ?? "")" }
    }

    private static func isKeyed(_ options: MethodOptions?) -> Bool {
        guard let unknown = options?.unknownFields, !unknown.isEmpty else { return false }
        return (try? Declaration(decoding: unknown.bytes))?.idempotency == Declaration.keyed
    }

    /// Of `google.protobuf.MethodOptions`, the extension `switchboard.options.v1.idempotency`.
    private struct Declaration: Message {
        /// IDEMPOTENCY_KEYED.
        static let keyed: Int32 = 2

        var idempotency: Int32 = 0
        var unknownFields = UnknownFields()

        static var fullName: String { "google.protobuf.MethodOptions" }
        static var file: EmbeddedFile { .descriptor }

        mutating func merge(from decoder: inout Decoder) throws(DecodeError) {
            while true {
                switch try decoder.nextTag() {
                case 0: return
                case 50902 << 3: idempotency = try decoder.int32()
                default: try decoder.skip(keepingIn: &unknownFields)
                }
            }
        }

        func encode(to encoder: inout Encoder) {
            encoder.unknown(unknownFields)
            encoder.int32(idempotency, 50902 << 3)
        }
    }
}
