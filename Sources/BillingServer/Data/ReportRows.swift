internal import BillingAPI
internal import Postgres
internal import Protobuf

struct DaySummaryRow: RowDecodable {
    let message: DaySummary

    init(row: Row) throws(PostgresError) {
        var summary = DaySummary()
        let day: CivilDate = try row["day"]
        summary.day = day.description
        summary.invoices = try row["invoices"]
        summary.gross = try row["gross"]
        summary.discount = try row["discount"]
        summary.taxable = try row["taxable"]
        summary.tax = try row["tax"]
        summary.payable = try row["payable"]
        summary.cash = try row["cash"]
        summary.bank = try row["bank"]
        summary.upi = try row["upi"]
        summary.card = try row["card"]
        message = summary
    }
}

struct SoldProductRow: RowDecodable {
    let message: SoldProduct

    init(row: Row) throws(PostgresError) {
        var sold = SoldProduct()
        let product: RecordID? = try row["product_id"]
        sold.productID = product?.description ?? ""
        sold.description = try row["description"]
        sold.unit = try row["unit"]
        sold.quantityMilli = try row["quantity"]
        sold.taxable = try row["taxable"]
        sold.cost = try row["cost"]
        sold.invoices = try row["invoices"]
        message = sold
    }
}

/// An invoice, and what the customer's invoices before it were payable with, the newest first.
struct ComparedInvoiceRow: RowDecodable {
    let id: RecordID
    let number: String
    let customer: RecordID
    let issuedOn: CivilDate
    let payable: Int64
    let earlier: [Int64]

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        number = try row["number"]
        customer = try row["customer_id"]
        issuedOn = try row["issued_on"]
        payable = try row["payable"]
        earlier = try row["earlier"]
    }

    func message(_ severity: Anomaly) -> InvoiceAnomaly {
        .with {
            $0.invoiceID = id.description
            $0.number = number
            $0.customerID = customer.description
            $0.issuedOn = issuedOn.description
            $0.payable = payable
            $0.mean = Anomaly.mean(of: earlier)
            $0.comparedWith = Int32(truncatingIfNeeded: earlier.count)
            switch severity {
            case .low: $0.severity = .low
            case .medium: $0.severity = .medium
            case .high: $0.severity = .high
            }
        }
    }
}
