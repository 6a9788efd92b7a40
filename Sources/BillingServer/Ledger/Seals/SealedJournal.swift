internal import Crypto
internal import Resources

/// A journal and its lines as a seal sees them: all that the database keeps of them, whoever wrote it there.
///
/// Its digest is the SHA-256 of these bytes (see ``SealBytes`` for their form):
///
///     text   "switchboard ledger journal 1"
///     8      the transaction that posted it
///     16     its id
///     4      the day it counts for, in days since 1970-01-01
///     8      when it was posted, in microseconds since 1970
///     text   what it was posted for
///     16     that document's id
///     text   its description
///     text   who posted it
///     2      how many lines it says it has
///     16     the id of the journal that it takes back; zeros for none
///     4      how many lines there are, and of each, in the order of their numbers:
///       2      its number
///       4      its day
///       2      its journal's count of lines
///       4      its account
///       16     its party; zeros for none
///       text   its currency
///       8      its debit
///       8      its credit
struct SealedJournal: Hashable, Sendable {
    struct Line: Hashable, Sendable {
        var number: Int16
        var day: Int32
        var lineCount: Int16
        var account: Int32
        var party: RecordID
        var currency: String
        var debit: Int64
        var credit: Int64
    }

    let place: JournalPlace
    var day: Int32
    var postedAt: Instant
    var documentKind: String
    var documentID: RecordID
    var description: String
    var postedBy: String
    var lineCount: Int16
    var reverses: RecordID?
    var lines: [Line]

    var id: RecordID { place.id }

    var digest: [UInt8] {
        var bytes = SealBytes()
        bytes.append("switchboard ledger journal 1")
        bytes.append(place.postedIn)
        bytes.append(place.id)
        bytes.append(day)
        bytes.append(postedAt.unixMicroseconds)
        bytes.append(documentKind)
        bytes.append(documentID)
        bytes.append(description)
        bytes.append(postedBy)
        bytes.append(lineCount)
        bytes.append(reverses ?? .none)
        bytes.append(UInt32(truncatingIfNeeded: lines.count))
        for line in lines {
            bytes.append(line.number)
            bytes.append(line.day)
            bytes.append(line.lineCount)
            bytes.append(line.account)
            bytes.append(line.party)
            bytes.append(line.currency)
            bytes.append(line.debit)
            bytes.append(line.credit)
        }
        return SHA256.digest(bytes.bytes)
    }

    /// What is wrong with it by itself; nil when it is a journal.
    var flaw: String? {
        guard lines.count == Int(lineCount) else { return "says that it has \(lineCount) lines, and has \(lines.count)" }
        var differences: [String: Int128] = [:]
        for line in lines { differences[line.currency, default: 0] += Int128(line.debit) - Int128(line.credit) }
        if let currency = differences.filter({ $0.value != 0 }).keys.min() { return "has debits and credits that differ in \(currency)" }
        return nil
    }
}

/// Where a journal stands in the order in which journals are sealed: by the transaction that posted it, then by its id.
struct JournalPlace: Hashable, Comparable, Sendable {
    let postedIn: Int64
    let id: RecordID

    /// Before all journals.
    static let beginning = JournalPlace(postedIn: 0, id: .none)

    static func < (left: JournalPlace, right: JournalPlace) -> Bool { (left.postedIn, left.id) < (right.postedIn, right.id) }
}
