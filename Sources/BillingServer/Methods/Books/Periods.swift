internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Books {
    func closePeriod(_ request: ClosePeriodRequest, _ call: Call) async throws -> LedgerPeriod {
        let month = try Self.month(request.month)
        let (_, row) = try await office.database.batch(call) { batch in
            (
                batch.execute(.closePeriod(month.first, by: call[Caller.self]?.name ?? "")),
                batch.one(.period(month.first), as: PeriodRow.self)
            )
        }
        return row.message
    }

    func askToReopenPeriod(_ request: AskToReopenPeriodRequest, _ call: Call) async throws -> LedgerPeriod {
        let month = try Self.month(request.month)
        try PlainText.demand(request.reason, in: "reason", isRequired: true)
        let caller = call[Caller.self]?.name ?? ""
        return try await change(month, call) { period, transaction in
            guard !period.isFiled else { throw BillingError.periodFiled }
            transaction.enqueue(.askToReopenPeriod(month.first, by: caller))
        }
    }

    func reopenPeriod(_ request: ReopenPeriodRequest, _ call: Call) async throws -> LedgerPeriod {
        let month = try Self.month(request.month)
        let caller = call[Caller.self]?.name ?? ""
        return try await change(month, call) { period, transaction in
            guard !period.isFiled else { throw BillingError.periodFiled }
            guard !period.reopeningAskedBy.isEmpty else { throw BillingError.reopeningNotAsked }
            guard PeriodRow.isAnother(than: period.reopeningAskedBy, caller) else { throw BillingError.fourEyesRequired }
            transaction.enqueue(.reopenPeriod(month.first, by: caller))
        }
    }

    func listPeriods(_ request: ListPeriodsRequest, _ call: Call) async throws -> ListPeriodsReply {
        let page = try office.page(of: "periods", request, call) { CivilDate($0) }
        let rows = try await office.database.batch(call) {
            $0.all(.periods(before: page.last, limit: page.limit), as: PeriodRow.self)
        }
        return .with {
            $0.periods = rows.prefix(page.size).map(\.message)
            $0.nextPageToken = page.next(rows) { $0.month.description }
        }
    }

    /// Changes a closed month under its lock, and gives it as it is then.
    private func change(
        _ month: Month, _ call: Call, _ body: (PeriodRow, borrowing Transaction) throws -> Void
    ) async throws -> LedgerPeriod {
        try await posting {
            try await office.database.transaction(call, retries: .onConflict()) { transaction in
                let period: PeriodRow? = try await transaction.optional(.lockPeriod(month.first))
                guard let period, period.isClosed else { throw BillingError.periodNotClosed }
                try body(period, transaction)
                return try await transaction.one(.period(month.first), as: PeriodRow.self).message
            }
        }
    }

    private static func month(_ text: String) throws(BillingError) -> Month {
        do throws(BillingError) {
            return try Month(text)
        } catch {
            throw .invalid("month", "It is no month: write YYYY-MM.")
        }
    }
}
