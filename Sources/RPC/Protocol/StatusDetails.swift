internal import Crypto
internal import Protobuf
internal import StandardTypes

/// `grpc-status-details-bin`: a `google.rpc.Status` in base64 without padding.
enum StatusDetails {
    static let name = "grpc-status-details-bin"

    /// Nil when the error has none.
    static func encode(_ error: RPCError) -> String? {
        guard !error.details.isEmpty else { return nil }
        var status = Status()
        status.code = Int32(error.code.rawValue)
        status.message = error.message
        status.details = error.details.map { detail in
            var packed = StandardTypes.`Any`()
            packed.typeURL = detail.typeURL
            packed.value = detail.value
            return packed
        }
        return Base64.encode(status.encoded())
    }

    /// Empty when there are none, when they are no `Status`, or when their code is not the call's: `grpc-status` counts.
    static func decode(_ text: String?, code: StatusCode) -> [ErrorDetail] {
        guard let text, let bytes = Base64.decode(text), let status = try? Status(decoding: bytes),
            status.code == Int32(code.rawValue)
        else { return [] }
        return status.details.map { ErrorDetail(typeURL: $0.typeURL, value: $0.value) }
    }
}
