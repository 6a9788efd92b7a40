/// Every bound of the lead service, with its reason. Lengths of text are in Unicode code points unless the name says bytes.
enum Limits {
    static let nameLength = 100
    static let companyLength = 200
    static let jobTitleLength = 200
    static let sourceLength = 100
    static let notesLength = 5_000
    static let score: ClosedRange<Int32> = 0...100

    /// RFC 5321, 4.5.3.1.1: what stands before the `@`.
    static let emailLocalPartBytes = 64
    /// RFC 5321, 4.5.3.1.3: a path is 256 octets with its angle brackets.
    static let emailBytes = 254
    /// RFC 1035, 2.3.4.
    static let domainLabelBytes = 63

    /// ITU-T E.164 allows 15; fewer than 10 is a local number without its area.
    static let phoneDigits = 10...15
    static let linkedinURLBytes = 500

    static let tags = 50
    static let tagLength = 50

    static let customFields = 50
    static let customFieldKeyBytes = 64
    static let customFieldTextLength = 1_000
    /// Keys and values together: a lead stays a small row whatever its tenant keeps in it.
    static let customFieldsBytes = 16 * 1_024

    /// The agreement of a lead, not a document about it.
    static let consentSourceLength = 200

    static let pageSizeDefault = 50
    static let pageSizeMaximum = 100
    static let batchGet = 100
    static let filterStatuses = 8
    static let filterTags = 10
    static let maskPaths = 200

    /// Long enough that two do not meet by accident, short enough for an index.
    static let importIDBytes = 8...64

    /// One export page is one short transaction: some milliseconds of a connection, some hundred kilobytes of memory.
    static let exportPage = 500
    /// One import chunk is one short transaction: what a broken stream may have to send again.
    static let importChunk = 500
    /// A chunk is also committed when its rows reach this size, so that 500 leads with full notes do not pile up.
    static let importChunkBytes = 1_024 * 1_024
    static let importRows: Int64 = 5_000_000
    static let importErrors = 1_000

    /// Violations travel in a trailer, and common clients refuse trailers above 8 KiB.
    static let violations = 32
    /// An import report is a message, but it holds up to a thousand rows of them.
    static let violationsPerImportRow = 8
}
