internal import Postgres

/// What a document has at one rate, with its place in the order in which documents are read.
struct ReturnedDocumentRow: RowDecodable {
    let id: RecordID
    let document: ReturnedDocument

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        let (kind, nature): (String, String) = (try row["kind"], try row["nature"])
        let (taxability, buyer): (String, String) = (try row["taxability"], try row["buyer_kind"])
        guard let kind = ReturnedDocument.Kind(rawValue: kind), let nature = SupplyNature(rawValue: nature),
            let taxability = ReturnedDocument.Taxability(rawValue: taxability)
        else { throw PostgresError(.decoding, "A document has a word that this version does not know.", column: "nature") }
        let place: Int16? = try row["place_state"]
        let original: String? = try row["original_number"]
        document = ReturnedDocument(
            kind: kind, number: try row["number"], issuedOn: try row["issued_on"], originalNumber: original ?? "",
            originalPayable: try row["original_payable"], originalIssuedOn: try row["original_issued_on"],
            isRegistered: buyer == "registered" || buyer == "special_economic_zone", isAbroad: buyer == "abroad",
            gstin: try row["buyer_gstin"], placeState: place.flatMap { StateCode(Int($0)) }?.description ?? "", nature: nature,
            payable: try row["payable"], taxability: taxability, rateBasisPoints: try row["rate"],
            value: TaxedValue(
                taxable: try row["taxable"], igst: try row["igst"], cgst: try row["cgst"], sgst: try row["sgst"], cess: try row["cess"]))
    }
}

/// What of one HSN code was supplied, in one unit, at one rate.
struct ReturnedCodeRow: RowDecodable, Hashable {
    let hsn: String
    let unit: String
    let rate: Int32
    let isRegistered: Bool
    let quantity: Int64
    let value: TaxedValue

    init(row: Row) throws(PostgresError) {
        hsn = try row["hsn"]
        unit = try row["unit"]
        rate = try row["rate"]
        isRegistered = try row["is_registered"]
        quantity = try row["quantity"]
        value = TaxedValue(
            taxable: try row["taxable"], igst: try row["igst"], cgst: try row["cgst"], sgst: try row["sgst"], cess: try row["cess"])
    }
}

/// What was drawn of a series of documents.
struct ReturnedSeriesRow: RowDecodable, Hashable {
    let first: String
    let last: String
    let count: Int64
    let cancelled: Int64

    init(row: Row) throws(PostgresError) {
        first = try row["first"]
        last = try row["last"]
        count = try row["documents"]
        cancelled = try row["cancelled"]
    }
}

/// What the ledger has of one tax.
struct TaxSumRow: RowDecodable, Hashable {
    let account: AccountCode
    let credit: Int64

    init(row: Row) throws(PostgresError) {
        let number: Int32 = try row["account"]
        account = AccountCode(number: Int(number))
        credit = try row["credit"]
    }
}

/// A month whose return is filed.
struct TaxPeriodRow: RowDecodable, Hashable {
    let month: CivilDate
    let filedBy: String
    let acknowledgement: String

    init(row: Row) throws(PostgresError) {
        month = try row["month"]
        filedBy = try row["filed_by"]
        acknowledgement = try row["acknowledgement"]
    }
}
