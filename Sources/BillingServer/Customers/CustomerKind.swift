/// What a customer is to GST. The words are the database's.
enum CustomerKind: String, CaseIterable, Sendable {
    case unregistered, registered
    case specialEconomicZone = "special_economic_zone"
    case abroad

    /// Who is of this kind has a registration, and nobody else has one.
    var isRegistered: Bool { self == .registered || self == .specialEconomicZone }
}
