/// What callers name by an id, by the full name of its message.
enum Resource: String, Hashable, Sendable {
    case seller = "switchboard.billing.v1.Seller"
    case customer = "switchboard.billing.v1.Customer"
    case product = "switchboard.billing.v1.Product"
    case taxRate = "switchboard.billing.v1.TaxRate"
    case stockBatch = "switchboard.billing.v1.StockBatch"
    case stockReservation = "switchboard.billing.v1.StockReservation"
    case invoice = "switchboard.billing.v1.Invoice"
    case creditNote = "switchboard.billing.v1.CreditNote"
    case payment = "switchboard.billing.v1.Payment"
    case receipt = "switchboard.billing.v1.Receipt"
    case journal = "switchboard.billing.v1.LedgerJournal"
    case account = "switchboard.billing.v1.LedgerAccount"
    case reminder = "switchboard.billing.v1.Reminder"
    case contactPreferences = "switchboard.billing.v1.ContactPreferences"
    case plan = "switchboard.billing.v1.Plan"
    case subscription = "switchboard.billing.v1.Subscription"
    case entitlementOverride = "switchboard.billing.v1.EntitlementOverride"
    case meeting = "switchboard.billing.v1.Meeting"

    /// As a sentence has it.
    var noun: String {
        switch self {
        case .seller: "seller"
        case .customer: "customer"
        case .product: "product"
        case .taxRate: "tax rate"
        case .stockBatch: "batch"
        case .stockReservation: "reservation"
        case .invoice: "invoice"
        case .creditNote: "credit note"
        case .payment: "payment"
        case .receipt: "receipt"
        case .journal: "journal"
        case .account: "account"
        case .reminder: "reminder"
        case .contactPreferences: "contact preferences"
        case .plan: "plan"
        case .subscription: "subscription"
        case .entitlementOverride: "override"
        case .meeting: "meeting"
        }
    }
}
