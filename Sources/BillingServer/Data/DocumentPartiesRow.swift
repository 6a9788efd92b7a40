internal import Postgres
internal import Resources

extension DocumentParties: RowDecodable {
    fileprivate static let columns: SQL = "seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state"

    init(row: Row) throws(PostgresError) {
        let number: Int16 = try row["seller_state"]
        guard let state = StateCode(Int(number)) else {
            throw PostgresError(.decoding, "The seller's state is none that this version knows.", column: "seller_state")
        }
        let buyerState: Int16? = try row["buyer_state"]
        self.init(
            Seller(name: try row["seller_name"], gstin: try row["seller_gstin"], state: state, address: try row["seller_address"]),
            Buyer(name: try row["buyer_name"], address: try row["buyer_address"], state: buyerState.flatMap { StateCode(Int($0)) }))
    }
}

extension DocumentParties {
    var sellerStateColumn: Int16 { Int16(truncatingIfNeeded: seller.state.number) }
    var buyerStateColumn: Int16? { buyer.state.map { Int16(truncatingIfNeeded: $0.number) } }
}

extension SQL {
    /// No row for a draft, and for what was issued before documents kept them.
    static func parties(ofInvoice id: RecordID) -> SQL {
        "SELECT \(DocumentParties.columns) FROM invoice WHERE tenant_id = current_tenant() AND id = \(id) AND seller_name IS NOT NULL"
    }

    /// No row for what was issued before notes kept them.
    static func parties(ofCreditNote id: RecordID) -> SQL {
        "SELECT \(DocumentParties.columns) FROM credit_note WHERE tenant_id = current_tenant() AND id = \(id) AND seller_name IS NOT NULL"
    }
}
