internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

/// The report service.
struct Reports: ReportService {
    let office: Office

    init(_ office: Office) { self.office = office }

    func dailySummary(_ request: DailySummaryRequest, _ call: Call) async throws -> DailySummaryReply {
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.reportDays)
        let rows = try await office.database.batch(call) { $0.all(.daySummaries(days), as: DaySummaryRow.self) }
        return .with { $0.days = rows.map(\.message) }
    }

    func topSelling(_ request: TopSellingRequest, _ call: Call) async throws -> TopSellingReply {
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.reportDays)
        let limit = request.limit == 0 ? Limits.pageSizeDefault : Int(request.limit)
        let rows = try await office.database.batch(call) { $0.all(.topSelling(days, limit: limit), as: SoldProductRow.self) }
        return .with { $0.products = rows.map(\.message) }
    }

    func profitAndLoss(_ request: ProfitAndLossRequest, _ call: Call) async throws -> ProfitAndLossReply {
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.reportDays)
        let sums = try await office.database.batch(call) { $0.all(.ledgerSums(days), as: BalanceRow.self) }
        let result = try ProfitAndLoss(sums, in: .inr)
        let (gross, net) = (try result.grossProfit(), try result.netProfit())
        return .with {
            $0.sales = result.sales
            $0.returns = result.returns
            $0.roundOff = result.roundOff
            $0.otherIncome = result.otherIncome
            $0.costOfGoods = result.costOfGoods
            $0.grossProfit = gross
            $0.expenses = result.expenses
            $0.netProfit = net
        }
    }

    /// Each page is a short transaction of its own; only what is unusual is kept.
    func anomalies(_ request: AnomaliesRequest, _ call: Call) async throws -> AnomaliesReply {
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.reportDays)
        let pages = office.database.pages(Scope(call), of: ComparedInvoiceRow.self, size: Limits.streamPage) { last, limit in
            .comparedInvoices(days, after: last, limit: limit)
        }
        var reply = AnomaliesReply()
        for try await page in pages {
            for row in page {
                guard let severity = Anomaly.of(row.payable, after: row.earlier) else { continue }
                guard reply.anomalies.count < Limits.anomalies else {
                    reply.isTruncated = true
                    return reply
                }
                reply.anomalies.append(row.message(severity))
            }
        }
        return reply
    }
}
