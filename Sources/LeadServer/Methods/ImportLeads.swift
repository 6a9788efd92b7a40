public import LeadAPI
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources

extension Leads {
    public func importLeads(_ requests: Inbound<ImportLeadsRequest>, _ call: Call) async throws -> ImportReport {
        var messages = requests.makeAsyncIterator()
        guard case .header(let header) = try await messages.next()?.part else {
            throw LeadError.invalid("header", "The first message of the stream has to be the header.")
        }
        var work = try await begin(header, call)
        while let message = try await messages.next() {
            guard case .row(let lead) = message.part else {
                throw LeadError.invalid("row", "Every message behind the header has to be a row.")
            }
            try await work.receive(lead)
        }
        return try await work.end()
    }

    private func begin(_ header: ImportHeader, _ call: Call) async throws -> ImportWork {
        if let flaw = Text.flaw(in: header.source) { throw LeadError.invalid("header.source", flaw) }
        let bytes = header.encoded(deterministic: true)
        let row = try await database.batch(call) { (batch) -> Pending<ImportState> in
            batch.enqueue(.beginImport(header.importID, digest: ImportCourse.digest(ofHeader: bytes), at: clock.now()))
            return batch.one(.importState(header.importID), as: ImportState.self)
        }
        let course = try ImportCourse(
            header.importID, header: bytes, committedRows: row.rows, committedDigest: row.digest, isFinished: row.isFinished)
        return ImportWork(service: self, call: call, header: header, course: course)
    }
}

/// One stream of an import at work: rows become chunks, chunks are committed.
struct ImportWork {
    private let service: Leads
    private let call: Call
    private let header: ImportHeader
    private var course: ImportCourse
    private var chunk: ImportChunk

    init(service: Leads, call: Call, header: ImportHeader, course: ImportCourse) {
        self.service = service
        self.call = call
        self.header = header
        self.course = course
        chunk = ImportChunk(after: 0)
    }

    mutating func receive(_ lead: Lead) async throws {
        let bytes = lead.encoded(deterministic: true)
        guard case .take(let number) = try course.receive(row: bytes) else { return }
        if chunk.rows == 0 { chunk = ImportChunk(after: number - 1) }
        let (id, time) = service.clock.newLead()
        var violations = Violations(limit: Limits.violationsPerImportRow)
        let source = header.source.isEmpty ? "import" : header.source
        if let draft = service.rules.draft(of: lead, defaultSource: source, now: time, &violations) {
            chunk.accept(ImportChunk.Accepted(id: id, draft: draft, time: time), bytes: bytes.count)
        } else {
            chunk.refuse(RowError(row: number, violations.all), bytes: bytes.count)
        }
        if chunk.isFull { try await commit() }
    }

    mutating func end() async throws -> ImportReport {
        try course.end()
        try await commit()
        let (finished, refusals) = try await service.database.batch(call) { batch in
            (
                batch.optional(.finishImport(header.importID, rows: course.rows, at: service.clock.now()), as: ImportState.self),
                batch.all(.refusals(header.importID, limit: Limits.importErrors), as: [UInt8].self)
            )
        }
        guard let row = finished else { throw LeadError.importInProgress(header.importID) }
        var report = ImportReport()
        report.rows = row.rows
        report.created = row.created
        report.updated = row.updated
        report.skipped = row.skipped
        report.refused = row.refused
        report.errors = try refusals.map { try RowError(decoding: $0) }
        return report
    }

    private mutating func commit() async throws {
        guard chunk.rows > 0 else { return }
        let (chunk, header, digest) = (chunk, header, course.digest)
        try await service.database.transaction(call) { transaction in
            let row: ImportState = try await transaction.one(.lockImport(header.importID))
            guard row.rows == chunk.rowsBefore, !row.isFinished else { throw LeadError.importInProgress(header.importID) }
            try await transaction.batch { batch in
                chunk.enqueue(into: &batch, of: header.importID, header.onConflict, digest: digest, refusedBefore: row.refused)
            }
        }
        self.chunk = ImportChunk(after: course.rows)
    }
}

extension RowError {
    init(row: Int64, _ violations: [Violation]) {
        self.init()
        self.row = row
        self.violations = violations.map { violation in
            var rowViolation = RowViolation()
            rowViolation.field = violation.field
            rowViolation.description = violation.description
            return rowViolation
        }
    }
}
