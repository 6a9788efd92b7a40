/// A tenant's chain of seals as it is looked through, one after the other. Pure: what is wrong is told by its caller.
struct SealChain {
    /// What is wrong with a seal itself.
    enum Flaw: Hashable {
        /// The seals with these numbers are not there.
        case missing(ClosedRange<Int64>)
        /// Its digest is not that of what it says.
        case altered
        /// It does not name the digest of the one before it.
        case unlinked
        /// It is not the one that a caller knows by its number.
        case unknown
    }

    private let tenant: String
    private let known: (number: Int64, digest: [UInt8])?
    private(set) var last: LedgerSeal?
    private(set) var count: Int64 = 0

    init(of tenant: String, known: (number: Int64, digest: [UInt8])?) {
        self.tenant = tenant
        self.known = known
    }

    /// Takes the next seal by its number.
    ///
    /// - Returns: its flaws, and the place behind which its journals stand: where seals are missing, nobody knows which journals were theirs.
    mutating func add(_ seal: LedgerSeal) -> (flaws: [Flaw], after: JournalPlace) {
        var flaws: [Flaw] = []
        let expected = (last?.number ?? 0) + 1
        let isGap = seal.number > expected
        if isGap { flaws.append(.missing(expected...seal.number - 1)) }
        if seal.digest != seal.computedDigest(of: tenant) { flaws.append(.altered) }
        if !isGap, seal.previousDigest != last?.digest ?? LedgerSeal.beginning { flaws.append(.unlinked) }
        if let known, known.number == seal.number, known.digest != seal.digest { flaws.append(.unknown) }
        let after = isGap ? seal.first.predecessor : last?.last ?? .beginning
        last = seal
        count += 1
        return (flaws, after)
    }

    /// What is wrong when there are no more seals.
    var end: Flaw? {
        guard let known, known.number > last?.number ?? 0 else { return nil }
        return .missing((last?.number ?? 0) + 1...known.number)
    }
}

/// The journals under one seal, as they are found.
struct SealCheck {
    enum Flaw: Hashable { case altered, added }

    private let expected: [RecordID: ArraySlice<UInt8>]
    private var found: Set<RecordID> = []

    init(_ seal: LedgerSeal) { expected = seal.contents.digests }

    mutating func look(at journal: SealedJournal) -> Flaw? {
        guard let digest = expected[journal.id] else { return .added }
        found.insert(journal.id)
        return digest.elementsEqual(journal.digest) ? nil : .altered
    }

    /// Those that nobody has found, when all have been looked at.
    var missing: [RecordID] { expected.keys.filter { !found.contains($0) }.sorted() }
}

extension JournalPlace {
    /// What stands behind it begins with this place.
    fileprivate var predecessor: JournalPlace {
        id.value > 0
            ? JournalPlace(postedIn: postedIn, id: RecordID(id.value - 1)) : JournalPlace(postedIn: postedIn - 1, id: RecordID(.max))
    }
}
