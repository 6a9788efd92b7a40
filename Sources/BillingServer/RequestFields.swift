internal import Platform
internal import Resources

extension RecordID {
    static let flaw = "It is no id: write a UUID of 36 characters."

    /// - Throws: `invalid`, which names the field.
    init(reading text: String, as field: String) throws(BillingError) {
        guard let id = Self(text) else { throw .invalid(field, Self.flaw) }
        self = id
    }

    /// An id that was checked to be one before the call came here.
    ///
    /// - Throws: `notFound`.
    init(naming text: String, of resource: Resource) throws(BillingError) {
        guard let id = Self(text) else { throw .notFound(resource, id: text) }
        self = id
    }
}

extension EtagCondition {
    /// - Throws: `invalid` when no version is named.
    init(reading text: String, as field: String = "etag") throws(BillingError) {
        guard let etag = Self(text) else { throw .invalid(field, Self.flaw) }
        self = etag
    }
}

extension CivilDate {
    /// - Returns: Nil for an empty text.
    /// - Throws: `invalid` for what is no day.
    static func reading(_ text: String, as field: String) throws(BillingError) -> CivilDate? {
        guard !text.isEmpty else { return nil }
        guard let day = CivilDate(text) else { throw .invalid(field, BillingError.dateInvalid.description) }
        return day
    }
}
