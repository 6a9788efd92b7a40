/// The bounds of the lead service that its .proto files do not state, with their reasons.
enum Limits {
    /// RFC 5321, 4.5.3.1.1: what stands before the `@`.
    static let emailLocalPartBytes = 64
    /// RFC 5321, 4.5.3.1.3: a path is 256 octets with its angle brackets.
    static let emailBytes = 254
    /// RFC 1035, 2.3.4.
    static let domainLabelBytes = 63

    /// ITU-T E.164 allows 15; fewer than 10 is a local number without its area.
    static let phoneDigits = 10...15

    /// Leads that a process remembers, of some kilobytes each.
    static let rememberedLeads = 10_000
    /// How old a remembered lead may be, also when the database cannot tell of changes. As the .proto has it.
    static let rememberedLeadAge = Duration.seconds(60)

    static let customFieldKeyBytes = 64
    /// Keys and values together: a lead stays a small row whatever its tenant keeps in it.
    static let customFieldsBytes = 16 * 1_024

    static let pageSizeDefault = 50
    static let maskPaths = 200

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
