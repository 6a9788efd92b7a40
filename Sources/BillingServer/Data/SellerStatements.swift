internal import Postgres
internal import Resources

extension SQL {
    static let seller: SQL = """
        SELECT version, legal_name, gstin, state_code, address, time_zone, is_composition, has_letter_of_undertaking, upi_address, updated_at
        FROM seller WHERE tenant_id = current_tenant()
        """

    /// The seller, held until the transaction ends.
    static let lockSeller: SQL = "\(seller) FOR UPDATE"

    static func insertSeller(_ draft: SellerDraft, at time: Instant) -> SQL {
        """
        INSERT INTO seller (
            tenant_id, legal_name, gstin, state_code, address, time_zone, is_composition, has_letter_of_undertaking, upi_address, updated_at
        ) VALUES (
            current_tenant(), \(draft.legalName), \(draft.gstinText), \(draft.stateNumber), \(draft.address), \(draft.timeZone),
            \(draft.isComposition), \(draft.hasLetterOfUndertaking), \(draft.upiAddress), \(time)
        )
        """
    }

    static func updateSeller(_ draft: SellerDraft, version: Int64, at time: Instant) -> SQL {
        """
        UPDATE seller SET
            version = \(version), legal_name = \(draft.legalName), gstin = \(draft.gstinText), state_code = \(draft.stateNumber),
            address = \(draft.address), time_zone = \(draft.timeZone), is_composition = \(draft.isComposition),
            has_letter_of_undertaking = \(draft.hasLetterOfUndertaking), upi_address = \(draft.upiAddress), updated_at = \(time)
        WHERE tenant_id = current_tenant()
        """
    }
}

extension SellerDraft {
    fileprivate var gstinText: String { gstin?.description ?? "" }
    fileprivate var stateNumber: Int16 { Int16(truncatingIfNeeded: state.number) }
}
