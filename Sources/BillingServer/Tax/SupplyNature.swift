/// Which taxes a supply bears.
enum SupplyNature: String, CaseIterable, Sendable {
    /// CGST and SGST.
    case intraState = "intra_state"
    /// CGST and UTGST.
    case unionTerritory = "union_territory"
    /// IGST.
    case interState = "inter_state"
    /// To a special economic zone or abroad, with IGST that is refunded later.
    case zeroRatedWithTax = "zero_rated_with_tax"
    /// To a special economic zone or abroad under a letter of undertaking: no tax, no cess.
    case zeroRatedWithoutTax = "zero_rated_without_tax"
    /// Of a dealer under the composition scheme, on a bill of supply: no tax is charged to the buyer.
    case composition
    /// Of who has no registration, on a bill of supply as well: nobody else collects tax (CGST Act, 2017, section 32(1)).
    case unregistered

    /// It stands on a bill of supply, bears no tax, and is in no GSTR-1.
    var isBillOfSupply: Bool { self == .composition || self == .unregistered }
}

/// Who sells, as far as tax is concerned.
struct Seller: Hashable, Sendable {
    let state: StateCode
    var isRegistered = true
    var isComposition = false
    /// Zero-rated supplies leave without tax under a letter of undertaking; otherwise with IGST.
    var hasLetterOfUndertaking = false
}

/// Who buys, as far as tax is concerned.
enum Buyer: Hashable, Sendable {
    case unregistered
    case registered(GSTIN)
    case specialEconomicZone(GSTIN)
    case abroad
}

/// Where a supply goes, and what follows from it.
struct PlaceOfSupply: Hashable, Sendable {
    /// Nil when it is abroad.
    let state: StateCode?
    let nature: SupplyNature
    /// Nobody has named the place, and the seller's own state was taken: right only for small sales over the counter.
    let isAssumed: Bool

    /// - Throws: `placeOfSupplyRequired` when a registered buyer's is not named: guessing it would pay the wrong government;
    ///   `interStateCompositionSupply`.
    init(named state: StateCode?, from seller: Seller, to buyer: Buyer) throws(BillingError) {
        switch buyer {
        case .abroad:
            (self.state, isAssumed) = (nil, false)
        case .registered, .specialEconomicZone:
            guard let state else { throw .placeOfSupplyRequired }
            (self.state, isAssumed) = (state.today, false)
        case .unregistered:
            (self.state, isAssumed) = ((state ?? seller.state).today, state == nil)
        }
        guard seller.isRegistered else {
            nature = .unregistered
            return
        }
        let isLocal = self.state == seller.state.today
        switch buyer {
        case .abroad, .specialEconomicZone:
            // Inter-state even next door (IGST Act, 2017, section 7(5)).
            if seller.isComposition { throw .interStateCompositionSupply }
            nature = seller.hasLetterOfUndertaking ? .zeroRatedWithoutTax : .zeroRatedWithTax
        case .registered, .unregistered:
            if seller.isComposition {
                guard isLocal else { throw .interStateCompositionSupply }
                nature = .composition
            } else if isLocal {
                nature = seller.state.leviesUTGST ? .unionTerritory : .intraState
            } else {
                nature = .interState
            }
        }
    }
}
