internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Books {
    func getAccount(_ request: GetAccountRequest, _ call: Call) async throws -> LedgerAccount {
        let account = try Self.account(request.account, request.customerID)
        let rows = try await office.database.batch(call) { $0.all(.balances(of: account), as: BalanceRow.self) }
        return .with {
            $0.number = request.account
            $0.customerID = account.customer?.description ?? ""
            $0.balances = rows.map(\.message)
        }
    }

    /// Each page is a short transaction of its own: a slow reader holds no connection.
    func listEntries(_ request: ListEntriesRequest, _ call: Call, _ replies: Outbound<LedgerEntry>) async throws {
        let account = try Self.account(request.account, request.customerID)
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.reportDays)
        let pages = office.database.pages(Scope(call), of: LedgerEntryRow.self, size: Limits.streamPage) { last, limit in
            .ledgerEntries(of: account, days, after: last, limit: limit)
        }
        for try await page in pages {
            for row in page { try await replies.send(row.message) }
        }
    }

    func trialBalance(_ request: TrialBalanceRequest, _ call: Call) async throws -> TrialBalanceReply {
        guard let day = CivilDate(request.asOf) else { throw BillingError.invalid("as_of", BillingError.dateInvalid.description) }
        let rows = try await office.database.batch(call) { $0.all(.trialBalance(asOf: day), as: BalanceRow.self) }
        var differences: [Currency: Int128] = [:]
        for row in rows { differences[row.currency, default: 0] += Int128(row.debit) - Int128(row.credit) }
        guard differences.values.allSatisfy({ $0 == 0 }) else { throw BillingError.ledgerUnbalanced }
        return .with {
            $0.asOf = day.description
            $0.accounts = rows.map(\.message)
        }
    }

    /// - Throws: `invalid` naming `customer_id`.
    private static func account(_ number: Int32, _ customerID: String) throws(BillingError) -> Account {
        do throws(BillingError) {
            return try Account(number: number, customerID: customerID)
        } catch {
            switch error {
            case .partyRequired, .partyNotAllowed: throw .invalid("customer_id", error.description)
            default: throw error
            }
        }
    }
}
