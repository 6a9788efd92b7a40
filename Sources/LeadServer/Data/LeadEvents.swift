internal import LeadAPI
internal import Platform

/// What others are told of leads.
extension Event {
    static func leadCreated(_ id: LeadID) -> Event {
        var message = LeadCreated()
        message.leadID = id.text
        return Event(message, about: message.leadID)
    }

    static func leadUpdated(_ id: LeadID, version: Int64) -> Event {
        var message = LeadUpdated()
        message.leadID = id.text
        message.version = version
        return Event(message, about: message.leadID)
    }

    static func leadDeleted(_ id: LeadID) -> Event {
        var message = LeadDeleted()
        message.leadID = id.text
        return Event(message, about: message.leadID)
    }

    /// - Parameter rowsBefore: of the import, before the first of these.
    static func leadsImported(by importID: String, after rowsBefore: Int64, count: Int64) -> Event {
        var message = LeadsImported()
        message.importID = importID
        message.firstRow = rowsBefore + 1
        message.rowCount = count
        return Event(message, about: importID)
    }
}
