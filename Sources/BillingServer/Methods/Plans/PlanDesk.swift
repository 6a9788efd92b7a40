internal import BillingAPI
internal import Resources

/// The plan service: what customers subscribe to, what it grants them, and what they use.
struct PlanDesk: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension PlanDesk: PlanService {}

extension PlanDesk {
    /// An etag that a caller expects; empty for any.
    ///
    /// - Throws: `invalid`, `etagMismatch`.
    static func demand(_ etag: String, _ version: Int64, of resource: Resource, _ id: RecordID) throws(BillingError) {
        guard !etag.isEmpty else { return }
        guard try EtagCondition(reading: etag).allows(version: version) else { throw .etagMismatch(resource, id: id.description) }
    }
}
