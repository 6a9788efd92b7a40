internal import Crypto

/// How one stream of an import goes along what earlier streams have committed of it. Pure: rows in, decisions out.
///
/// The digest is a chain: SHA-256 over the digest before and the row's bytes, begun with the header. It stands for all rows so far,
/// so that a stream that goes on proves by it that it brings the same import.
struct ImportCourse {
    enum Decision: Equatable {
        /// An earlier stream has committed this row.
        case alreadyThere
        /// The row is new; it has this number.
        case take(Int64)
    }

    private let importID: String
    private let committedRows: Int64
    private let committedDigest: [UInt8]
    private let isFinished: Bool
    private(set) var rows: Int64 = 0
    private(set) var digest: [UInt8]

    /// - Parameters:
    ///   - header: the bytes of this stream's header.
    ///   - committed: what the database knows of the import.
    init(
        _ importID: String, header: [UInt8], committedRows: Int64, committedDigest: [UInt8], isFinished: Bool
    ) throws(LeadError) {
        self.importID = importID
        self.committedRows = committedRows
        self.committedDigest = committedDigest
        self.isFinished = isFinished
        digest = Self.digest(ofHeader: header)
        try compare()
    }

    static func digest(ofHeader header: [UInt8]) -> [UInt8] { SHA256.digest(header) }

    mutating func receive(row bytes: [UInt8]) throws(LeadError) -> Decision {
        guard rows < Limits.importRows else { throw .invalid("row", "An import has at most \(Limits.importRows) rows: split it.") }
        rows += 1
        digest = SHA256.digest(digest + bytes)
        if rows > committedRows {
            if isFinished { throw .importChanged(importID) }
            return .take(rows)
        }
        try compare()
        return .alreadyThere
    }

    /// The stream has ended: it must not be shorter than what is committed.
    func end() throws(LeadError) {
        if rows < committedRows { throw .importChanged(importID) }
    }

    private func compare() throws(LeadError) {
        if rows == committedRows && digest != committedDigest { throw .importChanged(importID) }
    }
}
