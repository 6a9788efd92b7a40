internal import BillingAPI
internal import Postgres
internal import RPC
internal import Resources

/// The reminder service: messages to customers at their time.
struct Reminders: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension Reminders: ReminderService {}

/// What a reminder is about, as far as the database knows it.
struct ReminderFacts: Sendable {
    let customer: CustomerRow?
    let preferences: ContactPreferencesRow?
    let seller: SellerRow?
    let invoice: RemindedInvoice?

    /// In one round trip.
    static func read(
        customer: RecordID, invoice: RecordID?, _ transaction: borrowing Transaction
    ) async throws(PostgresError) -> ReminderFacts {
        let found: (CustomerRow?, ContactPreferencesRow?, SellerRow?, RemindedInvoice?) = try await transaction.batch { batch in
            (
                batch.optional(.customer(customer)), batch.optional(.contactPreferences(of: customer)), batch.optional(.seller),
                batch.optional(.remindedInvoice(invoice ?? .none))
            )
        }
        return ReminderFacts(customer: found.0, preferences: found.1, seller: found.2, invoice: found.3)
    }

    /// Where the customer is.
    var timeZone: String {
        let said = preferences?.preferences.timeZone ?? ""
        return said.isEmpty ? seller?.timeZone ?? SellerDraft.usualTimeZone : said
    }

    /// - Throws: `timeZoneUnknown`, when the zone is not on this machine.
    func gate(_ zones: Zones, after contacts: [Instant]) throws(BillingError) -> ContactGate {
        ContactGate(
            preferences: preferences?.preferences ?? .usual, clock: LocalClock(zone: try zones.zone(timeZone)), contacts: contacts)
    }

    /// Nothing is left to be reminded of.
    func isSettled(_ subject: ReminderSubject, hasInvoice: Bool) -> Bool {
        hasInvoice && subject.isOfPayment && !(invoice?.status.isOpen ?? false)
    }
}
