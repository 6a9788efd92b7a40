internal import Crypto

/// A seal over some journals of a tenant, which follow each other, and over the seal before it.
///
/// Its digest is the SHA-256 of these bytes (see ``SealBytes`` for their form):
///
///     text   "switchboard ledger seal 1"
///     text   the tenant
///     8      the seal's number
///     32     the digest of the seal before it; zeros for the first one
///     8, 16  the place of its first journal
///     8, 16  the place of its last journal
///     4      how many journals there are, and of each, in the order of their places:
///       16     its id
///       32     its digest
struct LedgerSeal: Hashable, Sendable {
    let number: Int64
    let previousDigest: [UInt8]
    let digest: [UInt8]
    let first: JournalPlace
    let last: JournalPlace
    let contents: SealContents

    static let beginning = [UInt8](repeating: 0, count: SHA256.digestByteCount)

    /// The seal that follows another one.
    ///
    /// - Parameter journals: in the order of their places.
    /// - Returns: nil when there are none.
    init?(after previous: LedgerSeal?, _ journals: [SealedJournal], of tenant: String) {
        guard let first = journals.first, let last = journals.last else { return nil }
        self.init(
            number: (previous?.number ?? 0) + 1, previousDigest: previous?.digest ?? Self.beginning, digest: [], first: first.place,
            last: last.place, contents: SealContents(journals), sealing: tenant)
    }

    /// As it was kept.
    init(
        number: Int64, previousDigest: [UInt8], digest: [UInt8], first: JournalPlace, last: JournalPlace, contents: SealContents
    ) {
        self.number = number
        self.previousDigest = previousDigest
        self.digest = digest
        self.first = first
        self.last = last
        self.contents = contents
    }

    private init(
        number: Int64, previousDigest: [UInt8], digest: [UInt8], first: JournalPlace, last: JournalPlace, contents: SealContents,
        sealing tenant: String
    ) {
        let open = LedgerSeal(
            number: number, previousDigest: previousDigest, digest: digest, first: first, last: last, contents: contents)
        self.init(
            number: number, previousDigest: previousDigest, digest: open.computedDigest(of: tenant), first: first, last: last,
            contents: contents)
    }

    /// What its digest is to be.
    func computedDigest(of tenant: String) -> [UInt8] {
        var bytes = SealBytes()
        bytes.append("switchboard ledger seal 1")
        bytes.append(tenant)
        bytes.append(number)
        bytes.append(raw: previousDigest)
        for place in [first, last] {
            bytes.append(place.postedIn)
            bytes.append(place.id)
        }
        bytes.append(UInt32(truncatingIfNeeded: contents.count))
        bytes.append(raw: contents.bytes)
        return SHA256.digest(bytes.bytes)
    }
}

/// The ids and digests of the journals under a seal, 48 bytes each.
struct SealContents: Hashable, Sendable {
    let bytes: [UInt8]

    private static let entryBytes = 16 + SHA256.digestByteCount

    var count: Int { bytes.count / Self.entryBytes }

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ journals: [SealedJournal]) {
        var bytes = SealBytes()
        for journal in journals {
            bytes.append(journal.id)
            bytes.append(raw: journal.digest)
        }
        self.bytes = bytes.bytes
    }

    /// Each journal's digest by its id.
    var digests: [RecordID: ArraySlice<UInt8>] {
        var digests: [RecordID: ArraySlice<UInt8>] = [:]
        digests.reserveCapacity(count)
        for index in 0..<count {
            let start = index * Self.entryBytes
            let id = RecordID(bytes[start..<start + 16].reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
            digests[id] = bytes[start + 16..<start + Self.entryBytes]
        }
        return digests
    }
}
