internal import Postgres
internal import Resources

/// A customer as the database keeps it.
struct CustomerRow: RowDecodable {
    let id: RecordID
    let version: Int64
    let name: String
    let phone: String
    let email: String
    let nicknames: [String]
    let landmark: String
    let isNamesake: Bool
    let address: String
    let kind: CustomerKind
    /// Nobody has one but those whose kind is registered.
    let gstin: GSTIN?
    let pan: String
    let state: StateCode?
    let creditLimit: CreditLimit
    let paymentDays: Int
    let tags: [String]
    let createdAt: Instant
    let updatedAt: Instant
    /// It was the same as this one, which has its debts and its rights.
    let mergedInto: RecordID?
    /// What told of the person is gone since then.
    let anonymisedAt: Instant?

    static let columns: SQL = """
        id, version, name, phone, email, nicknames, landmark, is_namesake, address, kind AS customer_kind, gstin, pan, state_code, \
        credit_limit, payment_days, tags, created_at, updated_at, merged_into, anonymised_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        name = try row["name"]
        phone = try row["phone"]
        email = try row["email"]
        nicknames = try row["nicknames"]
        landmark = try row["landmark"]
        isNamesake = try row["is_namesake"]
        address = try row["address"]
        let word: String = try row["customer_kind"]
        kind = try Self.known(CustomerKind(rawValue: word), "kind")
        let registration: String = try row["gstin"]
        gstin = registration.isEmpty ? nil : try Self.known(try? GSTIN(registration), "gstin")
        pan = try row["pan"]
        let number: Int16? = try row["state_code"]
        if let number { state = try Self.known(StateCode(Int(number)), "state_code") } else { state = nil }
        creditLimit = CreditLimit(amount: try row["credit_limit"])
        let days: Int16 = try row["payment_days"]
        paymentDays = Int(days)
        tags = try row["tags"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        mergedInto = try row["merged_into"]
        anonymisedAt = try row["anonymised_at"]
    }

    private static func known<Value>(_ value: Value?, _ column: String) throws(PostgresError) -> Value {
        guard let value else {
            throw PostgresError(.decoding, "Column \(column) of a customer holds what this version does not know.", column: column)
        }
        return value
    }
}

extension CustomerRow {
    /// As tax sees it.
    var buyer: Buyer {
        switch (kind, gstin) {
        case (.registered, let gstin?): .registered(gstin)
        case (.specialEconomicZone, let gstin?): .specialEconomicZone(gstin)
        case (.abroad, _): .abroad
        default: .unregistered
        }
    }

    /// Documents are made for who is there, by itself and not for another.
    ///
    /// - Throws: `customerMerged`, `customerAnonymised`.
    func demandOpen() throws(BillingError) {
        if anonymisedAt != nil { throw .customerAnonymised }
        if mergedInto != nil { throw .customerMerged }
    }
}

/// What a customer owes and has paid ahead in one currency, with what those owed and had paid who were merged into it.
struct CustomerBalanceRow: RowDecodable {
    let balance: CustomerBalance

    init(row: Row) throws(PostgresError) {
        let currency = try Currency(row: row)
        let (owed, advance): (Int64, Int64) = (try row["owed"], try row["advance"])
        balance = CustomerBalance(owed: Money(minorUnits: owed, currency), advance: Money(minorUnits: advance, currency))
    }
}
