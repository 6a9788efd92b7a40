internal import LeadAPI
internal import Postgres
internal import Resources

/// How far an import has come.
struct ImportState: RowDecodable, Equatable {
    let digest: [UInt8]
    let rows: Int64
    let created: Int64
    let updated: Int64
    let skipped: Int64
    let refused: Int64
    let isFinished: Bool

    init(row: Row) throws(PostgresError) {
        digest = try row["digest"]
        rows = try row["row_count"]
        created = try row["created_count"]
        updated = try row["updated_count"]
        skipped = try row["skipped_count"]
        refused = try row["refused_count"]
        isFinished = try row["is_finished"]
    }

    static let columns: SQL =
        "digest, row_count, created_count, updated_count, skipped_count, refused_count, finished_at IS NOT NULL AS is_finished"
}

extension SQL {
    /// Begins an import, unless it has begun before.
    static func beginImport(_ importID: String, digest: [UInt8], at time: Instant) -> SQL {
        """
        INSERT INTO lead_import (tenant_id, import_id, digest, started_at) VALUES (current_tenant(), \(importID), \(digest), \(time))
        ON CONFLICT (tenant_id, import_id) DO NOTHING
        """
    }

    static func importState(_ importID: String) -> SQL {
        "SELECT \(ImportState.columns) FROM lead_import WHERE tenant_id = current_tenant() AND import_id = \(importID)"
    }

    /// The import, held until the transaction ends: no other stream goes on with it in between.
    static func lockImport(_ importID: String) -> SQL {
        "\(importState(importID)) FOR UPDATE"
    }

    /// Inserts a lead, or does what the import says with the one that has its address.
    static func importLead(_ id: LeadID, _ draft: LeadDraft, _ conflict: ImportConflict, at time: Instant) -> SQL {
        let insert = insertLead(id, draft, at: time)
        guard conflict == .update else {
            return "\(insert) ON CONFLICT (email_normalised, tenant_id) DO NOTHING"
        }
        return """
            \(insert) ON CONFLICT (email_normalised, tenant_id) DO UPDATE SET
                version = lead.version + 1, first_name = excluded.first_name, last_name = excluded.last_name, email = excluded.email,
                phone = coalesce(nullif(excluded.phone, ''), lead.phone),
                company = coalesce(nullif(excluded.company, ''), lead.company),
                job_title = coalesce(nullif(excluded.job_title, ''), lead.job_title),
                linkedin_url = coalesce(nullif(excluded.linkedin_url, ''), lead.linkedin_url),
                score = coalesce(nullif(excluded.score, 0), lead.score),
                notes = coalesce(nullif(excluded.notes, ''), lead.notes),
                tags = coalesce(nullif(excluded.tags, '{}'), lead.tags),
                custom_fields = coalesce(nullif(excluded.custom_fields, '{}'), lead.custom_fields),
                timezone = coalesce(nullif(excluded.timezone, ''), lead.timezone),
                country = coalesce(nullif(excluded.country, ''), lead.country),
                updated_at = excluded.updated_at
            """
    }

    static func noteRefusal(_ importID: String, row: Int64, error: [UInt8]) -> SQL {
        """
        INSERT INTO lead_import_refusal (tenant_id, import_id, row_number, error)
        VALUES (current_tenant(), \(importID), \(row), \(error))
        """
    }

    /// Counts a chunk, at the end of its transaction: of the leads it wanted to create, those that are there were created.
    static func countChunk(_ chunk: ImportChunkCount, of importID: String) -> SQL {
        let others: SQL = chunk.conflict == .update ? "updated_count = updated_count" : "skipped_count = skipped_count"
        return """
            UPDATE lead_import SET
                digest = \(chunk.digest), row_count = row_count + \(chunk.rows), refused_count = refused_count + \(chunk.refused),
                created_count = created_count + created.count, \(others) + cardinality(\(chunk.ids)) - created.count
            FROM (
                SELECT count(*) AS count FROM lead WHERE tenant_id = current_tenant() AND id = ANY(\(chunk.ids))
            ) AS created
            WHERE tenant_id = current_tenant() AND import_id = \(importID)
            """
    }

    /// No row when another stream has gone on with the import meanwhile.
    static func finishImport(_ importID: String, rows: Int64, at time: Instant) -> SQL {
        """
        UPDATE lead_import SET finished_at = coalesce(finished_at, \(time))
        WHERE tenant_id = current_tenant() AND import_id = \(importID) AND row_count = \(rows) RETURNING \(ImportState.columns)
        """
    }

    static func refusals(_ importID: String, limit: Int) -> SQL {
        """
        SELECT error FROM lead_import_refusal WHERE tenant_id = current_tenant() AND import_id = \(importID)
        ORDER BY row_number LIMIT \(limit)
        """
    }
}

/// What a chunk adds to its import.
struct ImportChunkCount {
    let digest: [UInt8]
    let rows: Int64
    let refused: Int64
    /// The ids that the chunk's accepted rows would have as new leads.
    let ids: [LeadID]
    let conflict: ImportConflict
}
