internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A plan with one of its versions, as the database keeps it.
struct PlanRow: RowDecodable {
    let id: RecordID
    /// Of the row, not of the terms.
    var rowVersion: Int64
    let code: String
    let name: String
    let kind: PlanKindName
    var isRetired: Bool
    let createdAt: Instant
    var updatedAt: Instant
    var number: Int32
    /// The first day of this version.
    var effectiveFrom: CivilDate
    var terms: Terms
    /// As it was said.
    var said: BillingAPI.PlanTerms

    static let columns: SQL = """
        plan.id AS plan_id, plan.version AS row_version, plan.code AS plan_code, plan.name AS plan_name, plan.kind AS plan_kind, is_retired,
        plan.created_at, plan.updated_at, number, effective_from, terms
        """

    init(row: Row) throws(PostgresError) {
        id = try row["plan_id"]
        rowVersion = try row["row_version"]
        code = try row["plan_code"]
        name = try row["plan_name"]
        let word: String = try row["plan_kind"]
        guard let kind = PlanKindName(rawValue: word) else { throw Self.unknown("plan_kind") }
        self.kind = kind
        isRetired = try row["is_retired"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        number = try row["number"]
        effectiveFrom = try row["effective_from"]
        let bytes: [UInt8] = try row["terms"]
        do {
            said = try BillingAPI.PlanTerms(decoding: bytes)
            terms = try Terms(said, of: kind)
        } catch {
            throw Self.unknown("terms")
        }
    }

    init(
        new id: RecordID, _ code: String, _ name: String, _ kind: PlanKindName, _ said: BillingAPI.PlanTerms, from day: CivilDate,
        at time: Instant
    ) throws(BillingError) {
        self.id = id
        rowVersion = 1
        self.code = code
        self.name = name
        self.kind = kind
        isRetired = false
        createdAt = time
        updatedAt = time
        number = 1
        effectiveFrom = day
        terms = try Terms(said, of: kind)
        self.said = said
    }

    private static func unknown(_ column: String) -> PostgresError {
        PostgresError(.decoding, "Column \(column) of a plan holds what this version does not know.", column: column)
    }

    /// The next version of the row.
    mutating func touch(at time: Instant) {
        rowVersion += 1
        updatedAt = time.orLater(updatedAt)
    }

    var message: BillingAPI.Plan {
        .with {
            $0.id = id.description
            $0.code = code
            $0.name = name
            $0.kind = kind.message
            $0.version = number
            $0.effectiveFrom = effectiveFrom.description
            $0.terms = said
            $0.isRetired = isRetired
            $0.etag = Etag(version: rowVersion).text
            $0.createTime = createdAt.timestamp
            $0.updateTime = updatedAt.timestamp
        }
    }
}

/// The versions of some plans, for whoever asks what holds on a day.
struct PlanBook: Sendable {
    private let versions: [RecordID: [PlanRow]]

    init(_ rows: [PlanRow]) { versions = Dictionary(grouping: rows, by: \.id) }

    /// What holds on a day: the latest of the versions that have begun by then; nil before the first.
    func version(of plan: RecordID, on day: CivilDate) -> PlanRow? {
        (versions[plan] ?? []).filter { $0.effectiveFrom <= day }.max { $0.effectiveFrom < $1.effectiveFrom }
    }

    /// - Throws: `notFound`.
    func known(_ plan: SubscriptionDues.Line.Plan) throws(BillingError) -> PlanRow {
        guard let found = versions[plan.id]?.first(where: { $0.number == plan.version }) else {
            throw .notFound(.plan, id: plan.id.description)
        }
        return found
    }

    /// - Throws: `notFound`.
    func known(_ plan: RecordID, on day: CivilDate) throws(BillingError) -> PlanRow {
        guard let found = version(of: plan, on: day) else { throw .notFound(.plan, id: plan.description) }
        return found
    }
}
