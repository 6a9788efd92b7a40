internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    func setTaxRate(_ request: SetTaxRateRequest, _ call: Call) async throws -> BillingAPI.TaxRate {
        let draft = try TaxRateDraft(request.taxRate ?? BillingAPI.TaxRate())
        do {
            let row = try await office.database.batch(call) { batch in
                batch.tell(.taxRateSet(draft))
                return batch.one(.insertTaxRate(draft, by: name(of: call), at: office.clock.now()), as: SetTaxRateRow.self)
            }
            return row.message
        } catch {
            throw BillingError(error) ?? error
        }
    }

    func listTaxRates(_ request: ListTaxRatesRequest, _ call: Call) async throws -> ListTaxRatesReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let pages = office.pages(of: "tax rates", query, call)
        let last = try taxRatePosition(request.pageToken, pages)
        let size = Self.size(request.pageSize)
        let code = request.hsn.isEmpty ? nil : try HSNCode(prefix: request.hsn)
        let day = try Self.day("as_of", request.asOf)
        let rows = try await office.database.batch(call) {
            $0.all(.taxRates(for: code, on: day, after: last, limit: size + 1), as: SetTaxRateRow.self)
        }
        var reply = ListTaxRatesReply()
        reply.taxRates = rows.prefix(size).map(\.message)
        if rows.count > size, let last = rows.prefix(size).last {
            reply.nextPageToken = pages.seal("\(last.rate.from) \(last.rate.prefix)")
        }
        return reply
    }

    private func taxRatePosition(_ token: String, _ pages: PageToken) throws(BillingError) -> (prefix: String, from: CivilDate)? {
        guard !token.isEmpty else { return nil }
        guard let parts = pages.openText(token)?.split(separator: " "), parts.count == 2, let from = CivilDate(String(parts[0])) else {
            throw .pageTokenInvalid
        }
        return (String(parts[1]), from)
    }
}
