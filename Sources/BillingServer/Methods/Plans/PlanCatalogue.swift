internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

/// What is sold.
extension PlanDesk {
    func createPlan(_ request: CreatePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        guard let kind = PlanKindName(request.kind) else { throw BillingError.invalid("kind", "This server does not know it.") }
        let said = request.terms ?? BillingAPI.PlanTerms()
        _ = try Terms(said, of: kind)
        var violations = Violations()
        violations.line("name", request.name, longest: 100, isRequired: true)
        guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let today = try office.today(try await transaction.optional(.seller), at: now)
            let row = try PlanRow(new: office.clock.newID(), request.code, request.name, kind, said, from: today, at: now)
            transaction.enqueue(.insertPlan(row))
            transaction.enqueue(.insertPlanVersion(row, by: Scope(call).caller, at: now))
            return row.message
        }
    }

    func revisePlan(_ request: RevisePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        let id = try RecordID(naming: request.id, of: .plan)
        guard let from = try CivilDate.reading(request.effectiveFrom, as: "effective_from") else {
            throw BillingError.invalid("effective_from", BillingError.dateInvalid.description)
        }
        return try await office.explained(call) {
            try await office.database.transaction(call) { transaction in
                let now = office.clock.now()
                let (versions, seller) = try await held(id, etag: request.etag, transaction)
                let today = try office.today(seller, at: now)
                guard var row = versions.last else { throw BillingError.notFound(.plan, id: request.id) }
                guard !row.isRetired else { throw BillingError.planRetired }
                guard versions.count < Limits.planVersions else { throw BillingError.planVersionsUsed(limit: Limits.planVersions) }
                guard from > row.effectiveFrom else {
                    throw BillingError.invalid("effective_from", "It is not behind the first day of the version before.")
                }
                guard from >= today else { throw BillingError.invalid("effective_from", "It is before today.") }
                let said = request.terms ?? BillingAPI.PlanTerms()
                (row.terms, row.said) = (try Terms(said, of: row.kind), said)
                let words: [String] = try await transaction.all(.planIntervals(id, on: today))
                try Self.demand(row.terms, keepTo: words.compactMap(BillingIntervalKind.init), from: from, today)
                (row.number, row.effectiveFrom) = (row.number + 1, from)
                row.touch(at: now)
                transaction.enqueue(.updatePlan(row))
                transaction.enqueue(.insertPlanVersion(row, by: Scope(call).caller, at: now))
                return row.message
            }
        }
    }

    /// While anybody is subscribed, new terms have notice, and a price for all who are.
    ///
    /// - Throws: `invalid`.
    private static func demand(
        _ terms: Terms, keepTo intervals: [BillingIntervalKind], from day: CivilDate, _ today: CivilDate
    ) throws(BillingError) {
        guard !intervals.isEmpty else { return }
        if let notice = today.adding(days: Limits.planNoticeDays), day < notice {
            throw .invalid(
                "effective_from", "Somebody is subscribed: it is \(Limits.planNoticeDays) days ahead at least, from \(notice) on.")
        }
        for interval in intervals where terms.prices[interval] == nil {
            throw .invalid("terms.\(interval.rawValue)ly_price", "Somebody is subscribed by the \(interval.rawValue): it needs a price.")
        }
    }

    func retirePlan(_ request: RetirePlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        let id = try RecordID(naming: request.id, of: .plan)
        return try await office.database.transaction(call) { transaction in
            let now = office.clock.now()
            let (versions, seller) = try await held(id, etag: request.etag, transaction)
            var row = try PlanBook(versions).known(id, on: try office.today(seller, at: now))
            guard !row.isRetired else { return row.message }
            row.isRetired = true
            row.touch(at: now)
            transaction.enqueue(.updatePlan(row))
            return row.message
        }
    }

    func getPlan(_ request: GetPlanRequest, _ call: Call) async throws -> BillingAPI.Plan {
        let id = try RecordID(naming: request.id, of: .plan)
        let day = try CivilDate.reading(request.on, as: "on")
        let found: PlanRow? = try await office.database.batch(call) { $0.optional(.plan(id, on: day, at: office.clock.now())) }
        guard let found else { throw BillingError.notFound(.plan, id: request.id) }
        return found.message
    }

    func listPlans(_ request: ListPlansRequest, _ call: Call) async throws -> ListPlansReply {
        let page = try office.page(of: "plans", request, call)
        let kind = PlanKindName(request.kind)
        let rows: [PlanRow] = try await office.database.batch(call) {
            $0.all(.plans(of: kind, retired: request.showRetired, after: page.last, at: office.clock.now(), limit: page.limit))
        }
        return .with {
            $0.plans = rows.prefix(page.size).map(\.message)
            $0.nextPageToken = page.next(rows, \.id)
        }
    }

    /// A plan of the version that the caller has read, held until the transaction ends, with all versions of its terms.
    private func held(
        _ id: RecordID, etag: String, _ transaction: borrowing Transaction
    ) async throws -> (versions: [PlanRow], seller: SellerRow?) {
        let (versions, seller): ([PlanRow], SellerRow?) = try await transaction.batch { batch in
            batch.enqueue(.holdPlan(id))
            return (batch.all(.planVersions(of: [id])), batch.optional(.seller))
        }
        guard let row = versions.last else { throw BillingError.notFound(.plan, id: id.description) }
        try Self.demand(etag, row.rowVersion, of: .plan, id)
        return (versions, seller)
    }
}
