internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A tax rate as the database keeps it, with the last day it is for: the day before the next one of its prefix begins.
struct TaxRateRow: RowDecodable, Hashable {
    let rate: TaxRate

    init(row: Row) throws(PostgresError) {
        let (id, from, through): (Int64, CivilDate, CivilDate?) = (
            try row["id"], try row["effective_from"], try row["effective_through"]
        )
        let (prefix, word, source): (String, String, String) = (try row["hsn_prefix"], try row["taxability"], try row["source"])
        let (rate, cess): (Int32, Int32) = (try row["rate"], try row["cess"])
        guard let taxability = Taxability(rawValue: word) else {
            throw PostgresError(.decoding, "A tax rate's taxability is none that this version knows.", column: "taxability")
        }
        do throws(BillingError) {
            self.rate = TaxRate(
                id: id, prefix: try HSNCode(prefix: prefix), from: from, through: through, taxability: taxability,
                rate: try Rate(basisPoints: Int64(rate)), cess: try Rate(basisPoints: Int64(cess)), source: source)
        } catch {
            throw PostgresError(.decoding, "A tax rate is none that this version knows: \(error)", column: "hsn_prefix")
        }
    }
}

extension TaxRateTable {
    init(_ rows: [TaxRateRow]) throws(BillingError) { try self.init(rows.map(\.rate)) }
}

/// The same with who has set it.
struct SetTaxRateRow: RowDecodable, Hashable {
    let rate: TaxRate
    let setBy: String
    let setAt: Instant

    init(row: Row) throws(PostgresError) {
        rate = try TaxRateRow(row: row).rate
        setBy = try row["set_by"]
        setAt = try row["set_at"]
    }

    var message: BillingAPI.TaxRate {
        .with {
            $0.id = rate.id
            $0.hsnPrefix = rate.prefix.description
            $0.effectiveFrom = rate.from.description
            $0.effectiveThrough = rate.through?.description ?? ""
            $0.taxability = rate.taxability.message
            $0.rate = Int32(clamping: rate.rate.basisPoints)
            $0.cess = Int32(clamping: rate.cess.basisPoints)
            $0.source = rate.source
            $0.setBy = setBy
            $0.setAt = setAt.timestamp
        }
    }
}
