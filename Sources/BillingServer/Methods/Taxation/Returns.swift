internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Taxation {
    func gstr1(_ request: Gstr1Request, _ call: Call) async throws -> Gstr1Reply {
        let month = try Self.month(request.month)
        var reply = Gstr1Reply()
        let result = try await read(month, call) { line in
            if reply.lines.count < Limits.returnLines { reply.lines.append(line) } else { reply.isTruncated = true }
        }
        let (sums, filed) = try await office.database.batch(call) { batch in
            (batch.all(.taxSums(month), as: TaxSumRow.self), batch.all(.taxPeriod(month), as: TaxPeriodRow.self))
        }
        reply.month = month.description
        reply.isFiled = !filed.isEmpty
        reply.dueOn = month.last.adding(days: 11)?.description ?? ""
        for account in MonthReturn.accounts {
            let documents = result.taxes[account] ?? 0
            let ledger = sums.first { $0.account == account }?.credit ?? 0
            let difference = try ledger.minus(documents)
            reply.reconciliation.append(
                .with {
                    $0.account = Int32(truncatingIfNeeded: account.number)
                    $0.documents = documents
                    $0.ledger = ledger
                    $0.difference = difference
                })
        }
        return reply
    }

    func exportGstr1(_ request: ExportGstr1Request, _ call: Call, _ replies: Outbound<ReturnLine>) async throws {
        _ = try await read(try Self.month(request.month), call) { try await replies.send($0) }
    }

    func gstr3bSummary(_ request: Gstr3bSummaryRequest, _ call: Call) async throws -> Gstr3b {
        let month = try Self.month(request.month)
        let result = try await read(month, call) { _ in }
        let (exempt, outside) = (try result.untaxed([.nilRated, .exempt]), try result.untaxed([.nonGST]))
        return .with {
            $0.month = month.description
            $0.taxable = result.taxed.taxable
            $0.igst = result.taxed.igst
            $0.cgst = result.taxed.cgst
            $0.sgst = result.taxed.sgst
            // A zero-rated supply with tax bears cess as well.
            $0.cess = result.taxed.cess
            $0.zeroRated = result.zeroRated.taxable
            $0.zeroRatedIgst = result.zeroRated.igst
            $0.nilRatedAndExempt = exempt
            $0.nonGst = outside
            $0.dueOn = month.last.adding(days: 20)?.description ?? ""
        }
    }

    /// All lines of a month, one after the other: invoices first, then credit notes, each by day, then what is summed up. Each page is a short transaction of its own.
    private func read(_ month: Month, _ call: Call, _ tell: (ReturnLine) async throws -> Void) async throws -> MonthReturn {
        var result = MonthReturn()
        let invoices = office.database.pages(Scope(call), of: ReturnedDocumentRow.self, size: Limits.streamPage) { last, limit in
            .returnedInvoices(month, after: last, limit: limit)
        }
        let notes = office.database.pages(Scope(call), of: ReturnedDocumentRow.self, size: Limits.streamPage) { last, limit in
            .returnedNotes(month, after: last, limit: limit)
        }
        for pages in [invoices, notes] {
            for try await page in pages {
                for row in page {
                    if let section = try result.add(row.document) { try await tell(ReturnLine(row.document, in: section)) }
                }
            }
        }
        for line in ReturnLine.sums(of: result) { try await tell(line) }
        let (codes, series) = try await office.database.batch(call) { batch in
            (batch.all(.returnedCodes(month), as: ReturnedCodeRow.self), batch.all(.returnedSeries(month), as: ReturnedSeriesRow.self))
        }
        for code in codes { try await tell(ReturnLine(code)) }
        for row in series { try await tell(ReturnLine(row)) }
        return result
    }

    static func month(_ text: String) throws(BillingError) -> Month {
        do throws(BillingError) {
            return try Month(text)
        } catch {
            throw .invalid("month", "It is no month: write YYYY-MM.")
        }
    }
}
