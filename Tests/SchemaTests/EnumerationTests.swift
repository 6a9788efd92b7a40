import AdminAPI
import BillingAPI
import LeadAPI
import Protobuf
import Testing

@testable import Postgres

/// R44: what the database lists as allowed words is what the .proto lists as values.
@Suite struct EnumerationTests {
    /// The CHECK constraints with lists of words: the .proto's enumeration that each is, or nil for one that no interface shows.
    private static let lists: [String: (file: EmbeddedFile, name: String)?] = [
        "customer_gstin_kind": nil,
        "customer_kind": (BillingAPI.Customer.file, "CustomerKind"),
        "customer_state_code": nil,
        "credit_note_reason": (CreditNote.file, "NoteReason"),
        "credit_note_status": (CreditNote.file, "CreditNoteStatus"),
        "invoice_buyer_kind": (Invoice.file, "BuyerKind"),
        "invoice_issued": nil,
        "invoice_line_taxability": nil,
        "invoice_nature": (Invoice.file, "SupplyNature"),
        "invoice_place_state": nil,
        "invoice_status": (Invoice.file, "InvoiceStatus"),
        "seller_state_code": nil,
        "lead_status": (Lead.file, "LeadStatus"),
        "lead_lawful_basis": (Lead.file, "LawfulBasis"),
        "job_state": nil,
        "job_end": nil,
        "job_error_class": nil,
        "delivery_channel": (DeliveryRecord.file, "DeliveryChannel"),
        "delivery_state": (DeliveryRecord.file, "DeliveryState"),
        "meeting_billed": nil,
        "meeting_status": (BillingAPI.Meeting.file, "FeeStatus"),
        "meeting_void_reason": nil,
        "plan_kind": (BillingAPI.Plan.file, "PlanKind"),
        "subscription_funding": (BillingAPI.Subscription.file, "SubscriptionFunding"),
        "subscription_phase_interval": (BillingAPI.Plan.file, "BillingInterval"),
        "payment_end_reason": nil,
        "payment_receipt_method": (BillingAPI.Payment.file, "PaymentMethod"),
        "payment_receipt_status": (BillingAPI.Payment.file, "ReceiptStatus"),
        "payment_status": (BillingAPI.Payment.file, "PaymentStatus"),
        "payment_tender_method": (BillingAPI.Payment.file, "PaymentMethod"),
        "quota_class": (QuotaSetting.file, "QuotaClass"),
        "quota_kind": (QuotaSetting.file, "QuotaKind"),
        "reminder_kind": (Reminder.file, "ReminderKind"),
        "reminder_state": (Reminder.file, "ReminderState"),
        "reminder_occurrence_state": (Reminder.file, "ReminderState"),
        "reminder_occurrence_reason": (Reminder.file, "ReminderRule"),
        "refund_method": (BillingAPI.Payment.file, "PaymentMethod"),
        "signing_key_algorithm": nil,
        "signing_key_state": nil,
        "stock_movement_kind": (BillingAPI.StockMovement.file, "StockMovementKind"),
        "tax_rate_taxability": (BillingAPI.TaxRate.file, "Taxability"),
        "tenant_state": nil,
    ]

    /// `LEAD_STATUS_MEETING_BOOKED` of LeadStatus is `meeting_booked`.
    private static func words(of name: String, in file: EmbeddedFile) throws -> Set<String> {
        let values = try FileDescriptorProto(decoding: file.bytes).enumType.first { $0.name == name }?.value.compactMap(\.name) ?? []
        let prefix = (values.first { $0.hasSuffix("_UNSPECIFIED") } ?? "").dropLast("UNSPECIFIED".utf8.count)
        try #require(values.count > 1 && values.allSatisfy { $0.hasPrefix(prefix) }, "\(name)")
        return Set(values.map { $0.dropFirst(prefix.count).lowercased() }).subtracting(["unspecified"])
    }

    @Test("R44 · Every list of words in a CHECK is an enumeration of a .proto, with the same words, or is known to be nobody else's")
    func words() async throws {
        let world = try await SchemaWorld()
        let checks: [Check] = try world.catalogue.execute(
            """
            SELECT conname::text AS name, ARRAY(
                SELECT found[1] FROM regexp_matches(pg_get_constraintdef(oid), '''([a-z_]*)''::text', 'g') AS found
            ) AS words
            FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
                AND pg_get_constraintdef(oid) LIKE '%= ANY (ARRAY[%'
            ORDER BY 1
            """
        ).all()
        #expect(checks.map(\.name) == Self.lists.keys.sorted())
        for check in checks {
            guard let declared = Self.lists[check.name], let (file, name) = declared else { continue }
            // An empty word stands for what is not given, as a zero does in the .proto.
            #expect(try Set(check.words).subtracting([""]) == Self.words(of: name, in: file), "\(check.name)")
        }
    }

    private struct Check: RowDecodable {
        let name: String
        let words: [String]

        init(row: Row) throws(PostgresError) {
            name = try row["name"]
            words = try row["words"]
        }
    }
}
