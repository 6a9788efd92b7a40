internal import Crypto
internal import HTTP2
internal import Postgres
internal import Protobuf
public import RPC
internal import StandardTypes

/// The `idempotency-key` of a call: the caller's name for one intent, under which a repetition gets the first answer and changes nothing.
public struct IdempotencyKey: Sendable, Hashable {
    public let text: String

    /// Reads the key of a call that must have one. Throws INVALID_ARGUMENT when it is missing or malformed.
    public init(_ call: Call) throws(RPCError) {
        text = try unsafe Self.read(call.metadata.fields) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    init(_ fields: HTTPFields) throws(RPCError) {
        text = try unsafe Self.read(fields) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Throws as the initialiser would, and makes nothing of the key.
    static func demand(_ call: Call) throws(RPCError) {
        try unsafe read(call.metadata.fields) { _ in }
    }

    private static func read<Result>(
        _ fields: HTTPFields, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(RPCError) -> Result {
        try unsafe fields.withValue(of: "idempotency-key") { (value, count) throws(RPCError) in
            guard let value = unsafe value else {
                throw refusal(
                    .idempotencyKeyMissing,
                    "This method needs metadata idempotency-key: 8 to 64 letters, digits, - or _, new for each intent and the same when it is repeated."
                )
            }
            guard count == 1, unsafe isWellFormed(value) else {
                throw refusal(.idempotencyKeyMalformed, "The idempotency-key must be one word of 8 to 64 letters, digits, - or _.")
            }
            return unsafe body(value)
        }
    }

    /// What the answer is kept for: the method and the request, whatever order its maps came in.
    static func fingerprint(method: String, request: some Message) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Limits.fingerprintedBytes)
        bytes.append(contentsOf: method.utf8)
        bytes.append(0)
        request.append(to: &bytes, deterministic: true)
        return SHA256.digest(bytes)
    }

    private static func isWellFormed(_ text: UnsafeRawBufferPointer) -> Bool {
        unsafe Limits.idempotencyKeyCharacters.contains(text.count)
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func refusal(_ reason: ErrorReason, _ sentence: String) -> RPCError {
        var violation = BadRequest.FieldViolation()
        violation.field = "idempotency-key"
        violation.description = sentence
        var request = BadRequest()
        request.fieldViolations = [violation]
        return RPCError(reason: reason, sentence, details: [ErrorDetail(request)])
    }
}
