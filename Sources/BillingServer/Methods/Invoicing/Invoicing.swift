internal import BillingAPI

/// The invoice service: invoices from draft to paid, and the notes against them.
struct Invoicing: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension Invoicing: InvoiceService {}
