/// The table of GSTR-1 in which a document stands.
enum ReturnSection: String, CaseIterable, Sendable {
    /// To registered buyers, special economic zones among them: invoice by invoice.
    case b2b
    /// To unregistered buyers in other states above the day's threshold: invoice by invoice.
    case b2cl
    /// To all other unregistered buyers: summed by place and rate.
    case b2cs
    /// Abroad.
    case exports = "exp"
    /// Credit and debit notes to registered buyers.
    case cdnr
    /// Credit and debit notes against what stands in `b2cl` or among the exports.
    case cdnur

    /// The section of an invoice by what it is. Nil when it stands in none: what is not issued, proforma and void documents, bills of
    /// supply; a cancelled one stands among the documents that were made, and nowhere else.
    ///
    /// - Parameter payable: in paise, tax and all: that is what the threshold is of.
    static func of(_ status: InvoiceStatus, to buyer: Buyer, _ place: PlaceOfSupply, payable: Int64, on date: CivilDate) -> ReturnSection? {
        guard status.isTaxDocument, status != .cancelled, !place.nature.isBillOfSupply else { return nil }
        switch buyer {
        case .registered, .specialEconomicZone: return .b2b
        case .abroad: return .exports
        case .unregistered: return place.nature == .interState && payable > largeSalePaise(on: date) ? .b2cl : .b2cs
        }
    }

    /// The section of a credit or debit note against a document of this one. Those to small buyers are netted in the sums that they
    /// change. Nil for a note's own: notes are against invoices.
    var note: ReturnSection? {
        switch self {
        case .b2b: .cdnr
        case .b2cl, .exports: .cdnur
        case .b2cs: .b2cs
        case .cdnr, .cdnur: nil
        }
    }

    /// The value above which a sale to another state is listed by itself: 1 lakh rupees from 2024-08-01 on (Notification 12/2024-Central
    /// Tax), 2.5 lakh before.
    static func largeSalePaise(on date: CivilDate) -> Int64 {
        (date.year, date.month) >= (2_024, 8) ? 1_00_000_00 : 2_50_000_00
    }
}
