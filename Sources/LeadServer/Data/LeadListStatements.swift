internal import LeadAPI
internal import Postgres
internal import Resources

/// The statements that page through leads by keyset: behind the last lead of the page before, never by counting rows.
extension SQL {
    static func leads(_ criteria: LeadCriteria, _ order: LeadOrder, after position: PagePosition?, limit: Int) -> SQL {
        let matching: SQL =
            "SELECT \(LeadRow.columns) FROM lead WHERE tenant_id = current_tenant() AND deleted_at IS NULL\(conditions(criteria, order, position))"
        return switch order {
        case .oldestFirst: "\(matching)\(behind(position, order)) ORDER BY id LIMIT \(limit)"
        case .highestScoreFirst: "\(matching)\(behind(position, order)) ORDER BY score DESC, id DESC LIMIT \(limit)"
        default: "\(matching)\(behind(position, order)) ORDER BY id DESC LIMIT \(limit)"
        }
    }

    private static func behind(_ position: PagePosition?, _ order: LeadOrder) -> SQL {
        guard let position else { return "" }
        return switch order {
        case .oldestFirst: " AND id > \(position.id)"
        case .highestScoreFirst: " AND (score, id) < (\(position.score), \(position.id))"
        default: " AND id < \(position.id)"
        }
    }

    private static func conditions(_ criteria: LeadCriteria, _ order: LeadOrder, _ position: PagePosition?) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        let statuses = criteria.statuses.compactMap(\.word)
        if statuses.count == 1 { add("status = \(statuses[0])") }
        if statuses.count > 1 { add("status = ANY(\(statuses))") }
        if let email = criteria.email { add("email_normalised = \(email)") }
        if let source = criteria.source { add("source = \(source)") }
        if let score = criteria.minScore { add("score >= \(score)") }
        if let score = criteria.maxScore { add("score <= \(score)") }
        // An id begins with the milliseconds of its lead's creation: the index finds the time, the column makes it exact.
        if let time = criteria.createdFrom { add("id >= \(LeadID.first(ofMillisecond: time.unixMilliseconds)) AND created_at >= \(time)") }
        if let time = criteria.createdBefore {
            add("id < \(LeadID.first(ofMillisecond: time.unixMilliseconds + 1)) AND created_at < \(time)")
        }
        for tag in criteria.tags {
            add("id IN (SELECT lead_id FROM lead_tag WHERE tenant_id = current_tenant() AND tag = \(tag)\(behindTag(position, order)))")
        }
        return conditions
    }

    /// The position once more, on the side of the tags: otherwise a late page reads all tags of the pages before it.
    private static func behindTag(_ position: PagePosition?, _ order: LeadOrder) -> SQL {
        guard let position else { return "" }
        return switch order {
        case .oldestFirst: " AND lead_id > \(position.id)"
        case .highestScoreFirst: ""
        default: " AND lead_id < \(position.id)"
        }
    }
}
