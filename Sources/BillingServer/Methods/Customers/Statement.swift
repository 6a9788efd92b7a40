internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Customers {
    /// Each page is a short transaction of its own: a slow reader holds some hundred entries in memory and nothing in the database.
    func statement(_ request: StatementRequest, _ call: Call, _ replies: Outbound<StatementPart>) async throws {
        let id = try RecordID(reading: request.customerID, as: "customer_id")
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.statementDays)
        let currency = try Self.currency(request.currencyCode, as: "currency_code")
        let (row, opening): (CustomerRow?, Int64) = try await office.database.batch(call) {
            ($0.optional(.customer(id)), $0.one(.statementOpening(of: id, in: currency, before: days.from)))
        }
        try Self.found(row, id).demandUnmerged()

        func money(_ minorUnits: Int64) -> BillingAPI.Money { BillingAPI.Money(minorUnits, currency) }
        var course = StatementCourse(opening: opening)
        try await replies.send(.with { $0.part = .opening(.with { $0.balance = money(opening) }) })
        let pages = office.database.pages(Scope(call), of: StatementEntryRow.self, size: Limits.statementPage) { last, limit in
            .statementEntries(of: id, in: currency, days, after: last, limit: limit)
        }
        for try await page in pages {
            for row in page {
                try course.add(debit: row.debit, credit: row.credit)
                let entry = StatementEntry.with {
                    $0.effectiveOn = row.effectiveOn.description
                    $0.documentKind = row.documentKind
                    $0.documentID = row.document.description
                    $0.journalID = row.journal.description
                    $0.account = row.account
                    $0.description = row.description
                    $0.reversesID = row.reverses?.description ?? ""
                    $0.debit = money(row.debit)
                    $0.credit = money(row.credit)
                    $0.balance = money(course.balance)
                }
                try await replies.send(.with { $0.part = .entry(entry) })
            }
        }
        let closing = StatementClosing.with {
            $0.balance = money(course.balance)
            $0.debits = money(course.debits)
            $0.credits = money(course.credits)
            $0.entryCount = course.entryCount
        }
        try await replies.send(.with { $0.part = .closing(closing) })
    }
}
