internal import BillingAPI
internal import Platform

/// What others are told of products and tax rates.
extension Event {
    static func productCreated(_ id: RecordID) -> Event {
        var message = ProductCreated()
        message.productID = id.description
        return Event(message, about: message.productID)
    }

    static func productUpdated(_ id: RecordID, version: Int64) -> Event {
        var message = ProductUpdated()
        message.productID = id.description
        message.version = version
        return Event(message, about: message.productID)
    }

    static func taxRateSet(_ rate: TaxRateDraft) -> Event {
        var message = TaxRateSet()
        message.hsnPrefix = rate.prefix.description
        message.effectiveFrom = rate.from.description
        return Event(message, about: message.hsnPrefix)
    }
}
