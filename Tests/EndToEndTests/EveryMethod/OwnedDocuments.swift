import BillingAPI
import Platform
import Protobuf
import RPC
import StandardTypes

/// The invoices and payments of a tenant, for ``OtherTenantTests``.
struct OwnedDocuments {
    var customer = ""
    /// One to be changed and dropped, one to be issued.
    var drafts: [String] = []
    var proforma = ""
    /// One that stays, one that is cancelled.
    var invoices: [String] = []
    var note = ""
    /// One that is taken back, one whose money goes back.
    var payments: [String] = []
    /// One that is captured, one that is dropped.
    var holds: [String] = []
    var receipt = ""

    init() {}

    init(_ channel: RPC.Channel, _ metadata: Metadata) async throws {
        func options() -> CallOptions {
            var keyed = metadata
            keyed.append("idempotency-key", "documents-\(UInt64.random(in: 0 ... .max))")
            return CallOptions(metadata: keyed, timeout: .seconds(60))
        }
        let (invoicing, paying) = (InvoiceServiceClient(channel), PaymentServiceClient(channel))
        _ = try await TaxServiceClient(channel).setSeller(
            .with {
                $0.seller = .with { ($0.legalName, $0.stateCode) = ("Acme", "27") }
                $0.etag = "*"
            }, options())
        _ = try await CatalogServiceClient(channel).setTaxRate(
            .with {
                $0.taxRate = .with {
                    ($0.hsnPrefix, $0.effectiveFrom, $0.taxability, $0.rate) = ("9965", "2020-01-01", .taxable, 500)
                    $0.source = "A test"
                }
            }, options())
        customer = try await CustomerServiceClient(channel).createCustomer(
            .with { $0.customer = .with { $0.name = "Sunita Transport" } }, options()
        ).id
        for _ in 0..<2 {
            drafts.append(try await invoicing.createDraft(.with { $0.invoice = Self.content(for: customer) }, options()).id)
            invoices.append(try await invoicing.issueInvoice(.with { $0.source = .invoice(Self.content(for: customer)) }, options()).id)
            holds.append(
                try await paying.authorizePayment(
                    Self.authorization(for: customer), options()
                ).id)
        }
        proforma = try await invoicing.createProforma(.with { $0.invoice = Self.content(for: customer) }, options()).id
        note = try await invoicing.issueCreditNote(
            .with {
                ($0.invoiceID, $0.reason) = (invoices[0], .priceAdjustment)
                $0.lines = [Self.part(of: 1, rupees: 1)]
            }, options()
        ).id
        payments.append(try await paying.recordPayment(Self.payment(of: 1, by: customer), options()).id)
        let generous = try await CustomerServiceClient(channel).createCustomer(
            .with { $0.customer = .with { $0.name = "Who Pays Ahead" } }, options()
        ).id
        payments.append(try await paying.recordPayment(Self.payment(of: 1, by: generous), options()).id)
        receipt =
            try await paying.recordReceipt(
                .with {
                    ($0.provider, $0.eventID, $0.method, $0.amount) = ("razorpay", "event-1", .upi, Self.rupees(1))
                }, options()
            ).receipt?.id ?? ""
    }

    private static func rupees(_ number: Int64) -> BillingAPI.Money {
        .with { ($0.currencyCode, $0.minorUnits) = ("INR", number * 100) }
    }

    private static func content(for customer: String) -> InvoiceContent {
        .with {
            ($0.customerID, $0.allowUnlisted) = (customer, true)
            $0.lines = [
                .with {
                    ($0.description, $0.hsn, $0.unitPrice) = ("Delivery", "9965", rupees(1_000))
                    $0.quantity = .with { ($0.milli, $0.unit) = (1_000, "hour") }
                }
            ]
        }
    }

    private static func part(of line: Int32, rupees number: Int64) -> NoteContentLine {
        .with {
            $0.lineNumber = line
            $0.part = .value(rupees(number))
        }
    }

    private static func authorization(for customer: String) -> AuthorizePaymentRequest {
        .with {
            ($0.customerID, $0.amount, $0.method) = (customer, rupees(1), .card)
            $0.expiresAt = .with { $0.seconds = UnixTime.now() + 86_400 }
        }
    }

    private static func payment(of number: Int64, by customer: String) -> RecordPaymentRequest {
        .with {
            ($0.customerID, $0.amount) = (customer, rupees(number))
            $0.tenders = [.with { ($0.method, $0.amount) = (.cash, rupees(number)) }]
        }
    }

    /// In an order in which the owner can call them one after the other.
    static let naming: [(path: String, message: @Sendable (OwnedDocuments) -> [UInt8])] = [
        ("InvoiceService/CreateDraft", { owned in CreateDraftRequest.with { $0.invoice = content(for: owned.customer) }.encoded() }),
        (
            "InvoiceService/UpdateDraft",
            { owned in
                UpdateDraftRequest.with { ($0.id, $0.invoice, $0.etag) = (owned.drafts[0], content(for: owned.customer), "*") }.encoded()
            }
        ),
        ("InvoiceService/DiscardDraft", { owned in DiscardDraftRequest.with { ($0.id, $0.etag) = (owned.drafts[0], "*") }.encoded() }),
        (
            "InvoiceService/IssueInvoice",
            { owned in IssueInvoiceRequest.with { ($0.source, $0.etag) = (.draftID(owned.drafts[1]), "*") }.encoded() }
        ),
        ("InvoiceService/CreateProforma", { owned in CreateProformaRequest.with { $0.invoice = content(for: owned.customer) }.encoded() }),
        ("InvoiceService/ConvertProforma", { owned in ConvertProformaRequest.with { $0.id = owned.proforma }.encoded() }),
        ("InvoiceService/GetInvoice", { owned in GetInvoiceRequest.with { $0.id = owned.invoices[0] }.encoded() }),
        ("InvoiceService/RenderInvoice", { owned in RenderInvoiceRequest.with { $0.id = owned.invoices[0] }.encoded() }),
        ("InvoiceService/GetCreditNote", { owned in GetCreditNoteRequest.with { $0.id = owned.note }.encoded() }),
        (
            "InvoiceService/CancelCreditNote",
            { owned in CancelCreditNoteRequest.with { ($0.id, $0.reason) = (owned.note, "a test") }.encoded() }
        ),
        (
            "InvoiceService/IssueCreditNote",
            { owned in
                IssueCreditNoteRequest.with {
                    ($0.invoiceID, $0.reason, $0.lines) = (owned.invoices[0], .priceAdjustment, [part(of: 1, rupees: 1)])
                }.encoded()
            }
        ),
        (
            "InvoiceService/IssueDebitNote",
            { owned in
                IssueDebitNoteRequest.with {
                    ($0.invoiceID, $0.reason, $0.lines) = (owned.invoices[0], .priceAdjustment, [part(of: 1, rupees: 1)])
                }.encoded()
            }
        ),
        (
            "InvoiceService/CancelInvoice",
            { owned in CancelInvoiceRequest.with { ($0.id, $0.reason, $0.etag) = (owned.invoices[1], "a test", "*") }.encoded() }
        ),
        ("PaymentService/GetPayment", { owned in GetPaymentRequest.with { $0.id = owned.payments[0] }.encoded() }),
        (
            "PaymentService/ReversePayment",
            { owned in ReversePaymentRequest.with { ($0.id, $0.cause, $0.reason) = (owned.payments[0], .bounced, "a test") }.encoded() }
        ),
        (
            "PaymentService/RefundPayment",
            { owned in
                RefundPaymentRequest.with {
                    ($0.id, $0.amount, $0.method, $0.reason) = (owned.payments[1], rupees(1), .cash, "a test")
                }.encoded()
            }
        ),
        ("PaymentService/CapturePayment", { owned in CapturePaymentRequest.with { $0.id = owned.holds[0] }.encoded() }),
        ("PaymentService/VoidPayment", { owned in VoidPaymentRequest.with { ($0.id, $0.reason) = (owned.holds[1], "a test") }.encoded() }),
        ("PaymentService/RecordPayment", { owned in payment(of: 1, by: owned.customer).encoded() }),
        (
            "PaymentService/AuthorizePayment",
            { owned in authorization(for: owned.customer).encoded() }
        ),
        (
            "PaymentService/MatchUnmatched",
            { owned in MatchUnmatchedRequest.with { ($0.receiptID, $0.customerID) = (owned.receipt, owned.customer) }.encoded() }
        ),
        (
            "PaymentService/ApplyCredit",
            { owned in ApplyCreditRequest.with { ($0.customerID, $0.currencyCode) = (owned.customer, "INR") }.encoded() }
        ),
    ]

    /// Methods that take no name of anything, and why.
    static let unnamed = [
        "InvoiceService/PreviewTax": "looks at what the caller writes, and at the rates of the caller's tenant",
        "InvoiceService/ListInvoices": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "InvoiceService/ExportInvoices": "gives those of the caller's tenant",
        "InvoiceService/ListCreditNotes": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "InvoiceService/ListSeries": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "PaymentService/RecordReceipt": "takes what came to the caller's tenant",
        "PaymentService/ListUnmatched": "lists those of the caller's tenant; a page token opens for its own tenant only",
        "PaymentService/ListPayments": "lists those of the caller's tenant; a page token opens for its own tenant only",
    ]
}
