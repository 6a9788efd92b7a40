internal import LeadAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import Resources

/// Some hundred rows of an import on their way into one transaction.
struct ImportChunk {
    struct Accepted {
        let id: LeadID
        let draft: LeadDraft
        let time: Instant
    }

    /// How many rows of the import lie before this chunk.
    let rowsBefore: Int64
    private(set) var accepted: [Accepted] = []
    private(set) var refused: [RowError] = []
    private var bytes = 0

    init(after rowsBefore: Int64) { self.rowsBefore = rowsBefore }

    var rows: Int64 { Int64(accepted.count + refused.count) }
    var isFull: Bool { rows >= Limits.importChunk || bytes >= Limits.importChunkBytes }

    mutating func accept(_ row: Accepted, bytes count: Int) {
        accepted.append(row)
        bytes += count
    }

    mutating func refuse(_ row: RowError, bytes count: Int) {
        refused.append(row)
        bytes += count
    }

    /// Puts the chunk's statements into a batch. The import's row is locked and stands at `rowsBefore`.
    ///
    /// Addresses go in order, so that two imports that run at once wait for each other instead of for ever.
    func enqueue(into batch: inout Batch, of importID: String, _ conflict: ImportConflict, digest: [UInt8], refusedBefore: Int64) {
        let ordered = accepted.enumerated().sorted {
            ($0.element.draft.email.normalised, $0.offset) < ($1.element.draft.email.normalised, $1.offset)
        }
        for (_, row) in ordered { batch.enqueue(.importLead(row.id, row.draft, conflict, at: row.time)) }
        let room = max(0, Int64(Limits.importErrors) - refusedBefore)
        for error in refused.prefix(Int(room)) { batch.enqueue(.noteRefusal(importID, row: error.row, error: error.encoded())) }
        let count = ImportChunkCount(
            digest: digest, rows: rows, refused: Int64(refused.count), ids: accepted.map(\.id), conflict: conflict)
        batch.enqueue(.countChunk(count, of: importID))
        if !accepted.isEmpty { batch.tell(.leadsImported(by: importID, after: rowsBefore, count: rows)) }
    }
}
