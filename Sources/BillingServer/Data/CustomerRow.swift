internal import BillingAPI
internal import Postgres
internal import Protobuf
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

    /// A customer as it is once a draft is written.
    init(_ draft: CustomerDraft, id: RecordID, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.id = id
        self.version = version
        name = draft.name
        phone = draft.phone
        email = draft.email
        nicknames = draft.nicknames
        landmark = draft.landmark
        isNamesake = draft.isNamesake
        address = draft.address
        kind = draft.kind
        gstin = draft.gstin
        pan = draft.pan
        state = draft.state
        creditLimit = CreditLimit(amount: draft.creditLimit)
        paymentDays = Int(draft.paymentDays)
        tags = draft.tags
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        mergedInto = nil
        anonymisedAt = nil
    }

    private static func known<Value>(_ value: Value?, _ column: String) throws(PostgresError) -> Value {
        guard let value else {
            throw PostgresError(.decoding, "Column \(column) of a customer holds what this version does not know.", column: column)
        }
        return value
    }
}

extension CustomerRow {
    var message: BillingAPI.Customer {
        .with {
            $0.id = id.description
            $0.etag = Etag(version: version).text
            $0.name = name
            $0.phone = phone
            $0.email = email
            $0.nicknames = nicknames
            $0.landmark = landmark
            $0.isNamesake = isNamesake
            $0.address = address
            $0.kind = kind.message
            $0.gstin = gstin?.description ?? ""
            $0.pan = pan
            $0.stateCode = state?.description ?? ""
            $0.creditLimit = creditLimit.amount.map { BillingAPI.Money($0, .inr) }
            $0.paymentDays = Int32(truncatingIfNeeded: paymentDays)
            $0.tags = tags
            $0.mergedInto = mergedInto?.description ?? ""
            $0.createdAt = createdAt.timestamp
            $0.updatedAt = updatedAt.timestamp
            $0.anonymisedAt = anonymisedAt?.timestamp
        }
    }

    /// As it is looked for.
    var traits: CustomerTraits {
        CustomerTraits(
            nameKey: NameKey.key(of: name), landmarkKey: NameKey.key(of: landmark), phone: phone, gstin: gstin?.description ?? "", pan: pan)
    }

    /// As tax sees it.
    var buyer: Buyer {
        switch (kind, gstin) {
        case (.registered, let gstin?): .registered(gstin)
        case (.specialEconomicZone, let gstin?): .specialEconomicZone(gstin)
        case (.abroad, _): .abroad
        default: .unregistered
        }
    }

    /// The survivor answers for who was merged into it.
    ///
    /// - Throws: `customerMerged`.
    func demandUnmerged() throws(BillingError) {
        if mergedInto != nil { throw .customerMerged }
    }

    /// Documents are made for who is there, by itself and not for another.
    ///
    /// - Throws: `customerMerged`, `customerAnonymised`.
    func demandOpen() throws(BillingError) {
        if anonymisedAt != nil { throw .customerAnonymised }
        try demandUnmerged()
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
