internal import BillingAPI

/// Why a credit note or a debit note is written. The words are the database's.
enum NoteReason: String, CaseIterable, Sendable {
    case goodsReturned = "goods_returned"
    case priceAdjustment = "price_adjustment"
    case discount
    case damagedGoods = "damaged_goods"
    case shortSupply = "short_supply"
    case other

    var message: BillingAPI.NoteReason {
        switch self {
        case .goodsReturned: .goodsReturned
        case .priceAdjustment: .priceAdjustment
        case .discount: .discount
        case .damagedGoods: .damagedGoods
        case .shortSupply: .shortSupply
        case .other: .other
        }
    }

    init?(_ message: BillingAPI.NoteReason) {
        guard let reason = NoteReason.allCases.first(where: { $0.message == message }) else { return nil }
        self = reason
    }
}
