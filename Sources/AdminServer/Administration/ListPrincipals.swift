public import AdminAPI
internal import Net
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources
internal import StandardTypes

extension Administration {
    public func listPrincipals(_ request: ListPrincipalsRequest, _ call: Call) async throws -> ListPrincipalsReply {
        var query = request
        query.pageSize = 0
        query.pageToken = ""
        let pages = PageToken(key: pageKey, tenant: call[Caller.self]?.tenant ?? "", query: Array("principals".utf8) + query.encoded())
        var last: PrincipalName?
        if !request.pageToken.isEmpty {
            last = pages.openText(request.pageToken).flatMap(PrincipalName.init)
            if last == nil { throw AdminError.pageTokenInvalid }
        }
        let size = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        let scope = try scope(in: request.tenant, call)
        // One more than the page holds tells whether there is another page.
        let rows = try await database.batch(scope) {
            $0.all(.principals(onlyLive: request.onlyLive, after: last, limit: size + 1), as: PrincipalRow.self)
        }
        let shown = rows.prefix(size)
        var reply = ListPrincipalsReply()
        reply.principals = shown.map(\.record)
        if rows.count > size, let last = shown.last { reply.nextPageToken = pages.seal(last.name.text) }
        // They name other tenants, and what may be done there: nothing for who looks after one.
        if last == nil, call[Caller.self]?.scopes.contains("admin:tenants") == true { reply.services = services.all.map(\.record) }
        return reply
    }
}

/// The key of a principal within its tenant.
struct PrincipalName {
    let subject: String
    let service: String

    init(subject: String, service: String) {
        self.subject = subject
        self.service = service
    }

    /// Neither part has a NUL.
    var text: String { "\(subject)\u{0}\(service)" }

    init?(_ text: String) {
        let parts = text.split(separator: "\u{0}", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(subject: String(parts[0]), service: String(parts[1]))
    }
}

/// A principal as the database keeps it.
struct PrincipalRow: RowDecodable {
    let name: PrincipalName
    let record: Principal

    init(row: Row) throws(PostgresError) {
        name = PrincipalName(subject: try row["subject"], service: try row["service"])
        var record = Principal()
        record.subject = name.subject
        record.service = name.service
        record.firstIssuedAt = Timestamp(try row["first_issued_at"] as Timestamptz)
        record.lastIssuedAt = Timestamp(try row["last_issued_at"] as Timestamptz)
        record.expiresAt = Timestamp(try row["expires_at"] as Timestamptz)
        record.tokensIssued = try row["tokens_issued"]
        self.record = record
    }
}

extension SQL {
    static func principals(onlyLive: Bool, after last: PrincipalName?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if onlyLive { add("expires_at > now()") }
        if let last { add("(subject, service) > (\(last.subject), \(last.service))") }
        return """
            SELECT subject, service, first_issued_at, last_issued_at, expires_at, tokens_issued FROM principal
            WHERE tenant_id = current_tenant()\(conditions) ORDER BY subject, service LIMIT \(limit)
            """
    }
}

extension ServiceRights {
    fileprivate var record: ConfiguredService {
        var service = ConfiguredService()
        service.name = name
        service.scopes = scopes
        service.tenants = tenants
        service.mayActForOthers = mayActForOthers
        return service
    }
}
