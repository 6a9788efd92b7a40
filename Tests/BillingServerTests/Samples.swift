import TestSupport

@testable import BillingServer

extension CivilDate {
    /// A day that exists.
    init(known text: String) {
        guard let date = CivilDate(text) else { fatalError("\(text) is no date") }
        self = date
    }
}

extension RecordID {
    init(number: Int) { self.init(UInt128(number)) }
}

enum Samples {
    static let day = CivilDate(known: "2025-10-01")
    static let maharashtra = state("27")
    static let karnataka = state("29")
    static let chandigarh = state("04")
    static let buyer = gstin("27AAPFU0939F1ZV")

    static func state(_ text: String) -> StateCode {
        guard let state = StateCode(text) else { fatalError("\(text) is no state") }
        return state
    }

    static func gstin(_ text: String) -> GSTIN {
        guard let gstin = try? GSTIN(text) else { fatalError("\(text) is no GSTIN") }
        return gstin
    }

    static func hsn(_ text: String) throws -> HSNCode { try HSNCode(text) }

    static func rate(
        _ id: Int64, _ prefix: String, _ basisPoints: Int64, cess: Int64 = 0, from: String = "2017-07-01", through: String? = nil,
        _ taxability: Taxability = .taxable
    ) throws -> TaxRate {
        TaxRate(
            id: id, prefix: try HSNCode(prefix: prefix), from: CivilDate(known: from), through: through.map { CivilDate(known: $0) },
            taxability: taxability, rate: try Rate(basisPoints: basisPoints), cess: try Rate(basisPoints: cess),
            source: "Notification \(id)")
    }

    /// A few rows of many kinds: a rate that changed, a code below a chapter, an exemption, cess with and without tax.
    static func rates() throws -> TaxRateTable {
        try TaxRateTable([
            rate(1, "33", 1_800, through: "2025-09-21"), rate(2, "33", 500, from: "2025-09-22"), rate(3, "3304", 1_800),
            rate(4, "7113", 300), rate(5, "7102", 25), rate(6, "1006", 0, .exempt), rate(7, "2202", 2_800, cess: 1_200),
            rate(8, "2701", 0, cess: 400), rate(9, "84", 1_800), rate(10, "2710", 0, .nonGST), rate(11, "8703", 4_000),
        ])
    }

    static func line(
        _ hsn: String, _ milli: Int64, _ unitPrice: Int64, inclusive: Bool = false, _ discount: Discount = .none
    ) throws -> PricedLine {
        PricedLine(
            hsn: try HSNCode(hsn), quantity: Quantity(milli: milli), unitPrice: unitPrice, isInclusive: inclusive, discount: discount)
    }

    static func place(_ nature: SupplyNature) throws -> PlaceOfSupply {
        switch nature {
        case .intraState: try PlaceOfSupply(named: maharashtra, from: Seller(state: maharashtra), to: .registered(buyer))
        case .unionTerritory: try PlaceOfSupply(named: chandigarh, from: Seller(state: chandigarh), to: .unregistered)
        case .interState: try PlaceOfSupply(named: karnataka, from: Seller(state: maharashtra), to: .unregistered)
        case .zeroRatedWithTax: try PlaceOfSupply(named: maharashtra, from: Seller(state: maharashtra), to: .specialEconomicZone(buyer))
        case .zeroRatedWithoutTax:
            try PlaceOfSupply(named: nil, from: Seller(state: maharashtra, hasLetterOfUndertaking: true), to: .abroad)
        case .composition: try PlaceOfSupply(named: maharashtra, from: Seller(state: maharashtra, isComposition: true), to: .unregistered)
        case .unregistered: try PlaceOfSupply(named: maharashtra, from: Seller(state: maharashtra, isRegistered: false), to: .unregistered)
        }
    }
}
