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
        let page = try office.page(of: "tax rates", request, call, read: Self.taxRatePosition)
        let code = request.hsn.isEmpty ? nil : try HSNCode(prefix: request.hsn)
        let day = try CivilDate.reading(request.asOf, as: "as_of")
        let rows = try await office.database.batch(call) {
            $0.all(.taxRates(for: code, on: day, after: page.last, limit: page.limit), as: SetTaxRateRow.self)
        }
        var reply = ListTaxRatesReply()
        reply.taxRates = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows) { "\($0.rate.from) \($0.rate.prefix)" }
        return reply
    }

    private static func taxRatePosition(_ text: String) -> (prefix: String, from: CivilDate)? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let from = CivilDate(String(parts[0])) else { return nil }
        return (String(parts[1]), from)
    }
}
