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
