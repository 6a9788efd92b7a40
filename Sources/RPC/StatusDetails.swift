enum StatusDetails {
    static let name = "grpc-status-details-bin"
    static func encode(_ error: RPCError) -> String? { nil }
    static func decode(_ text: String?, code: StatusCode) -> [ErrorDetail] { [] }
}
