internal import Resources

/// Who a document is from and to, as both were when it was issued: what they are called later changes no document.
struct DocumentParties: Hashable, Sendable {
    struct Seller: Hashable, Sendable {
        let name: String
        /// Empty for who was not registered.
        let gstin: String
        let state: StateCode
        let address: String
    }

    struct Buyer: Hashable, Sendable {
        let name: String
        let address: String
        /// Nil where nobody had said it.
        let state: StateCode?
    }

    let seller: Seller
    let buyer: Buyer

    init(_ seller: Seller, _ buyer: Buyer) { (self.seller, self.buyer) = (seller, buyer) }

    init(_ seller: SellerRow, _ buyer: CustomerRow) { self.init(Seller(seller), Buyer(buyer)) }
}

extension DocumentParties.Seller {
    init(_ row: SellerRow) { self.init(name: row.legalName, gstin: row.gstin, state: row.state, address: row.address) }
}

extension DocumentParties.Buyer {
    init(_ row: CustomerRow) { self.init(name: row.name, address: row.address, state: row.state) }
}
