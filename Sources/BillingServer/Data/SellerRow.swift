internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// Who sells, as the database keeps it.
struct SellerRow: RowDecodable {
    let version: Int64
    let legalName: String
    let gstin: String
    let state: StateCode
    let address: String
    let timeZone: String
    let isComposition: Bool
    let hasLetterOfUndertaking: Bool
    let upiAddress: String
    let updatedAt: Instant

    init(row: Row) throws(PostgresError) {
        version = try row["version"]
        legalName = try row["legal_name"]
        gstin = try row["gstin"]
        let number: Int16 = try row["state_code"]
        guard let state = StateCode(Int(number)) else {
            throw PostgresError(.decoding, "The seller's state is none that this version knows.", column: "state_code")
        }
        self.state = state
        address = try row["address"]
        timeZone = try row["time_zone"]
        isComposition = try row["is_composition"]
        hasLetterOfUndertaking = try row["has_letter_of_undertaking"]
        upiAddress = try row["upi_address"]
        updatedAt = try row["updated_at"]
    }

    init(draft: SellerDraft, version: Int64, updatedAt: Instant) {
        self.version = version
        legalName = draft.legalName
        gstin = draft.gstin?.description ?? ""
        state = draft.state
        address = draft.address
        timeZone = draft.timeZone
        isComposition = draft.isComposition
        hasLetterOfUndertaking = draft.hasLetterOfUndertaking
        upiAddress = draft.upiAddress
        self.updatedAt = updatedAt
    }

    /// As tax sees it.
    var seller: Seller {
        Seller(state: state, isRegistered: !gstin.isEmpty, isComposition: isComposition, hasLetterOfUndertaking: hasLetterOfUndertaking)
    }

    var message: BillingAPI.Seller {
        .with {
            $0.legalName = legalName
            $0.gstin = gstin
            $0.stateCode = state.description
            $0.address = address
            $0.timeZone = timeZone
            $0.isComposition = isComposition
            $0.hasLetterOfUndertaking = hasLetterOfUndertaking
            $0.upiAddress = upiAddress
            $0.etag = Etag(version: version).text
            $0.updatedAt = updatedAt.timestamp
        }
    }
}
