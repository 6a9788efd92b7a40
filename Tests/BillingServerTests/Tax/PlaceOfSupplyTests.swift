import Testing

@testable import BillingServer

@Suite("The place of supply")
struct PlaceOfSupplyTests {
    private let seller = Seller(state: Samples.maharashtra)

    @Test("Seller's state and place decide between the states' taxes, the union territories' and the union's")
    func nature() throws {
        for nature in SupplyNature.allCases { #expect(try Samples.place(nature).nature == nature) }
    }

    @Test(
        "A registered buyer's place is named: none is assumed",
        arguments: [Buyer.registered(Samples.buyer), .specialEconomicZone(Samples.buyer)])
    func registered(buyer: Buyer) {
        #expect(throws: BillingError.placeOfSupplyRequired) { try PlaceOfSupply(named: nil, from: seller, to: buyer) }
    }

    @Test("Over the counter the seller's state is assumed, and said to be")
    func overTheCounter() throws {
        let place = try PlaceOfSupply(named: nil, from: seller, to: .unregistered)
        #expect(place.nature == .intraState)
        #expect(place.isAssumed)
        #expect(try !PlaceOfSupply(named: Samples.maharashtra, from: seller, to: .unregistered).isAssumed)
    }

    @Test("From 50,000 rupees on, an unregistered buyer's place is named, too")
    func largeSale() throws {
        let place = try PlaceOfSupply(named: nil, from: seller, to: .unregistered)
        let rates = try Samples.rates()
        let below = try Samples.line("8471", 1_000, 4_999_999)
        let above = try Samples.line("8471", 1_000, 5_000_000)
        #expect(throws: Never.self) { try TaxedBill([below], place: place, on: Samples.day, by: rates) }
        #expect(throws: BillingError.placeOfSupplyRequired) { try TaxedBill([above], place: place, on: Samples.day, by: rates) }
        #expect(throws: Never.self) {
            try TaxedBill([above], place: Samples.place(.intraState), on: Samples.day, by: rates)
        }
    }

    @Test("A special economic zone next door is inter-state; with a letter of undertaking it is not taxed")
    func zones() throws {
        let zone = Buyer.specialEconomicZone(Samples.buyer)
        #expect(try PlaceOfSupply(named: Samples.maharashtra, from: seller, to: zone).nature == .zeroRatedWithTax)
        let exporter = Seller(state: Samples.maharashtra, hasLetterOfUndertaking: true)
        #expect(try PlaceOfSupply(named: Samples.maharashtra, from: exporter, to: zone).nature == .zeroRatedWithoutTax)
        #expect(try PlaceOfSupply(named: nil, from: exporter, to: .abroad).state == nil)
    }

    @Test("The composition scheme ends at the state's border")
    func composition() throws {
        let dealer = Seller(state: Samples.maharashtra, isComposition: true)
        #expect(try PlaceOfSupply(named: nil, from: dealer, to: .unregistered).nature == .composition)
        #expect(throws: BillingError.interStateCompositionSupply) {
            try PlaceOfSupply(named: Samples.karnataka, from: dealer, to: .unregistered)
        }
        #expect(throws: BillingError.interStateCompositionSupply) { try PlaceOfSupply(named: nil, from: dealer, to: .abroad) }
    }

    @Test("Who has no registration collects no tax, wherever it supplies to")
    func unregistered() throws {
        let seller = Seller(state: Samples.maharashtra, isRegistered: false, hasLetterOfUndertaking: true)
        for buyer in [Buyer.unregistered, .registered(Samples.buyer), .specialEconomicZone(Samples.buyer), .abroad] {
            #expect(try PlaceOfSupply(named: Samples.karnataka, from: seller, to: buyer).nature == .unregistered)
        }
    }

    @Test("A registration of Daman sells within the territory that Daman is part of")
    func daman() throws {
        let place = try PlaceOfSupply(named: Samples.state("26"), from: Seller(state: Samples.state("25")), to: .unregistered)
        #expect(place.nature == .unionTerritory)
    }
}
