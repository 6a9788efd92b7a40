internal import BillingAPI
internal import Platform
internal import Protobuf

/// What others are told of invoices and credit notes.
extension Event {
    static func invoiceIssued(_ row: InvoiceRow) -> Event {
        let message = InvoiceIssued.with {
            ($0.invoiceID, $0.number, $0.customerID) = (row.id.description, row.number?.text ?? "", row.customer.description)
        }
        return Event(message, about: message.invoiceID)
    }

    static func invoiceCancelled(_ row: InvoiceRow) -> Event {
        let message = InvoiceCancelled.with { ($0.invoiceID, $0.number) = (row.id.description, row.number?.text ?? "") }
        return Event(message, about: message.invoiceID)
    }
}

extension Event {
    static func creditNoteIssued(_ row: CreditNoteRow) -> Event {
        let message = CreditNoteIssued.with {
            ($0.creditNoteID, $0.number, $0.invoiceID) = (row.id.description, row.number, row.invoice.description)
        }
        return Event(message, about: message.creditNoteID)
    }

    static func creditNoteCancelled(_ row: CreditNoteRow) -> Event {
        let message = CreditNoteCancelled.with { ($0.creditNoteID, $0.number) = (row.id.description, row.number) }
        return Event(message, about: message.creditNoteID)
    }
}
