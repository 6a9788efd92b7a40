internal import BillingAPI
internal import Platform
internal import Protobuf

/// What others are told of subscriptions.
extension Event {
    static func subscriptionStarted(_ row: SubscriptionRow) -> Event {
        Event(
            SubscriptionStarted.with { ($0.subscriptionID, $0.customerID) = (row.id.description, row.customer.description) },
            about: row.id.description)
    }

    static func subscriptionChanged(_ row: SubscriptionRow) -> Event {
        Event(
            SubscriptionChanged.with { ($0.subscriptionID, $0.customerID) = (row.id.description, row.customer.description) },
            about: row.id.description)
    }

    static func subscriptionCancelled(_ row: SubscriptionRow) -> Event {
        Event(
            SubscriptionCancelled.with { ($0.subscriptionID, $0.customerID) = (row.id.description, row.customer.description) },
            about: row.id.description)
    }

    static func subscriptionBilled(_ subscription: RecordID, on invoice: RecordID) -> Event {
        Event(
            SubscriptionBilled.with { ($0.subscriptionID, $0.invoiceID) = (subscription.description, invoice.description) },
            about: subscription.description)
    }

    static func entitlementsChanged(of customer: RecordID) -> Event {
        Event(EntitlementsChanged.with { $0.customerID = customer.description }, about: customer.description)
    }

    static func meetingFeeChanged(_ meeting: RecordID) -> Event {
        Event(MeetingFeeChanged.with { $0.meetingID = meeting.description }, about: meeting.description)
    }
}
