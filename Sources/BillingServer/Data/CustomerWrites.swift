internal import Postgres
internal import Resources

/// The statements that change customers. None removes one.
extension SQL {
    static func insertCustomer(_ id: RecordID, _ draft: CustomerDraft, at time: Instant) -> SQL {
        """
        INSERT INTO customer (
            tenant_id, id, name, name_key, phone, email, nicknames, landmark, landmark_key, is_namesake, address, kind, gstin, pan,
            state_code, credit_limit, payment_days, tags, created_at, updated_at
        ) VALUES (
            current_tenant(), \(id), \(draft.name), \(draft.nameKey), \(draft.phone), \(draft.email), \(draft.nicknames),
            \(draft.landmark), \(draft.landmarkKey), \(draft.isNamesake), \(draft.address), \(draft.kind.rawValue), \(draft.gstinText),
            \(draft.pan), \(draft.stateNumber), \(draft.creditLimit), \(draft.paymentDays), \(draft.tags), \(time), \(time)
        )
        """
    }

    static func updateCustomer(_ id: RecordID, _ draft: CustomerDraft, version: Int64, at time: Instant) -> SQL {
        """
        UPDATE customer SET
            version = \(version), name = \(draft.name), name_key = \(draft.nameKey), phone = \(draft.phone), email = \(draft.email),
            nicknames = \(draft.nicknames), landmark = \(draft.landmark), landmark_key = \(draft.landmarkKey),
            is_namesake = \(draft.isNamesake), address = \(draft.address), kind = \(draft.kind.rawValue), gstin = \(draft.gstinText),
            pan = \(draft.pan), state_code = \(draft.stateNumber), credit_limit = \(draft.creditLimit),
            payment_days = \(draft.paymentDays), tags = \(draft.tags), updated_at = \(time)
        WHERE tenant_id = current_tenant() AND id = \(id)
        """
    }

    /// Something is owed by or to a customer or who was merged into it, an invoice is open, a bank holds money for them still, they are
    /// subscribed by the seller's clock, or what they have used or booked is on no bill yet.
    static func isCustomerHeld(_ id: RecordID, at time: Instant) -> SQL {
        """
        WITH subscribed AS (
            SELECT id, ends_on FROM subscription WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(id)))
        )
        SELECT EXISTS (
            SELECT FROM ledger_balance
            WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND party_id IN (\(customerFamily(id)))
            GROUP BY account, currency HAVING sum(debit) <> sum(credit)
        ) OR EXISTS (
            SELECT FROM invoice
            WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(id))) AND status IN ('issued', 'partial')
        ) OR EXISTS (
            SELECT FROM payment WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(id))) AND status = 'pending'
        ) OR EXISTS (
            SELECT FROM subscribed WHERE coalesce(ends_on, 'infinity') >= (\(time) AT TIME ZONE (\(sellerTimeZone)))::date
        ) OR EXISTS (
            SELECT FROM subscribed JOIN usage_total ON usage_total.tenant_id = current_tenant() AND usage_total.subscription_id = subscribed.id
            WHERE usage_total.billed_units < usage_total.units
        ) OR EXISTS (
            SELECT FROM subscribed JOIN meeting ON meeting.tenant_id = current_tenant() AND meeting.subscription_id = subscribed.id
            WHERE meeting.status IN ('pending', 'earned') AND meeting.fee > 0
        ) OR EXISTS (
            SELECT FROM subscribed JOIN bill_line ON bill_line.tenant_id = current_tenant() AND bill_line.subscription_id = subscribed.id
            WHERE bill_line.is_owed
        ) AS is_held
        """
    }

    /// Removes what tells of the person, from a customer and from who was merged into it. What the law of taxes wants kept is in documents
    /// and in the ledger, which know a customer by its id.
    static func anonymiseCustomer(_ id: RecordID, at time: Instant) -> SQL {
        """
        UPDATE customer SET
            version = version + 1, name = 'Deleted customer', name_key = '', phone = '', email = '', nicknames = '{}', landmark = '',
            landmark_key = '', is_namesake = false, address = '', kind = 'unregistered', gstin = '', pan = '', tags = '{}',
            updated_at = greatest(updated_at, \(time)), anonymised_at = \(time)
        WHERE tenant_id = current_tenant() AND (id = \(id) OR merged_into = \(id))
        """
    }

    /// What was written to remind a customer may tell of the person as well; whoever would send it finds out that the customer is gone.
    static func anonymiseReminders(of id: RecordID, at time: Instant) -> SQL {
        """
        UPDATE reminder SET version = version + 1, text = 'Deleted customer', updated_at = greatest(updated_at, \(time))
        WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(id))) AND text <> ''
        """
    }

    /// One customer becomes another, and so does who was merged into it before: nobody points to one who points on.
    static func mergeCustomer(_ merged: RecordID, into survivor: RecordID, at time: Instant) -> SQL {
        """
        UPDATE customer SET
            version = version + 1, updated_at = greatest(updated_at, \(time)),
            merged_into = CASE WHEN id = \(survivor) THEN NULL ELSE \(survivor) END
        WHERE tenant_id = current_tenant() AND (id = \(survivor) OR id = \(merged) OR merged_into = \(merged))
        """
    }
}

extension CustomerDraft {
    fileprivate var gstinText: String { gstin?.description ?? "" }
    fileprivate var stateNumber: Int16? { state.map { Int16(truncatingIfNeeded: $0.number) } }
}

extension BillingError {
    /// Why the database does not take a customer, where that is the caller's business.
    init?(writingCustomer error: PostgresError) {
        switch error.constraint {
        case "customer_phone_taken": self = .phoneExists
        case "customer_gstin_taken", "customer_name_taken": self = .duplicateCustomer
        default: return nil
        }
    }
}
