internal import BillingAPI
internal import Platform

/// What others are told of customers.
extension Event {
    static func customerCreated(_ id: RecordID) -> Event {
        var message = CustomerCreated()
        message.customerID = id.description
        return Event(message, about: message.customerID)
    }

    static func customerUpdated(_ id: RecordID, version: Int64) -> Event {
        var message = CustomerUpdated()
        message.customerID = id.description
        message.version = version
        return Event(message, about: message.customerID)
    }

    static func customersMerged(_ merged: RecordID, into survivor: RecordID) -> Event {
        var message = CustomersMerged()
        message.survivorID = survivor.description
        message.mergedID = merged.description
        return Event(message, about: message.survivorID)
    }

    static func customerDeleted(_ id: RecordID) -> Event {
        var message = CustomerDeleted()
        message.customerID = id.description
        return Event(message, about: message.customerID)
    }
}
