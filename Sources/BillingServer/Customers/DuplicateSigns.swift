internal import BillingAPI

/// What is compared of somebody to find out who may be the same.
struct CustomerTraits: Hashable, Sendable {
    let nameKey: String
    let landmarkKey: String
    /// E.164, or empty.
    let phone: String
    let gstin: String
    let pan: String

    /// The digits of a number that stay when its country code, or the first two digits, are written otherwise.
    var phoneTail: String { String(phone.utf8.suffix(8)) ?? "" }
}

/// What speaks for two customers being one, the strongest first. Nobody is merged by it: it is what a person looks at.
struct DuplicateSigns: Hashable, Sendable {
    struct Sign: Hashable, Sendable {
        let kind: DuplicateSign
        /// In basis points.
        let weight: Int32
    }

    let signs: [Sign]

    init(_ one: CustomerTraits, _ other: CustomerTraits) {
        func isShared(_ trait: KeyPath<CustomerTraits, String>) -> Bool {
            !one[keyPath: trait].isEmpty && one[keyPath: trait] == other[keyPath: trait]
        }
        var signs: [Sign] = []
        func note(_ kind: DuplicateSign, _ weight: Int32) { signs.append(Sign(kind: kind, weight: weight)) }
        if isShared(\.gstin) { note(.gstin, 9_000) } else if isShared(\.pan) { note(.pan, 5_000) }
        if isShared(\.nameKey) {
            if isShared(\.landmarkKey) { note(.nameAndLandmark, 7_000) } else { note(.name, 3_000) }
        }
        if isShared(\.phoneTail) {
            let isLonger = one.phone.utf8.suffix(10).elementsEqual(other.phone.utf8.suffix(10))
            note(isLonger ? .phone : .phoneTail, isLonger ? 6_000 : 2_500)
        }
        self.signs = signs.sorted { ($1.weight, $0.kind.rawValue) < ($0.weight, $1.kind.rawValue) }
    }

    /// In basis points, 10000 at most.
    var score: Int32 { min(10_000, signs.reduce(0) { $0 + $1.weight }) }
}
