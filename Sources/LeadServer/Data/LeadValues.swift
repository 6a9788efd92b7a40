internal import LeadAPI
internal import Postgres

extension LeadID: PostgresValue {
    static var type: PostgresType { .uuid }

    func encode(into bytes: inout [UInt8]) { append(to: &bytes) }

    init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(bytes: unsafe bytes.withUnsafeBytes { unsafe Array($0) })
    }
}

extension LeadID: PostgresElement {
    static var arrayType: PostgresType { .uuidArray }
}

extension Instant: PostgresValue {
    static var type: PostgresType { .timestamptz }

    func encode(into bytes: inout [UInt8]) { Timestamptz(unixMicroseconds: unixMicroseconds).encode(into: &bytes) }

    init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let time = Timestamptz(decoding: bytes, as: type) else { return nil }
        self.init(unixMicroseconds: time.unixMicroseconds)
    }
}
