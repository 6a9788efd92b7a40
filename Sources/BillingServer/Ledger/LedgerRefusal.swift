internal import Postgres

extension BillingError {
    /// What it means to a caller that the ledger's tables refuse something; nil where they are not what refuses, or no caller is to blame.
    init?(posting error: PostgresError) {
        switch error.constraint {
        case "ledger_period_open", "tax_period_filed": self = .periodLocked
        case "ledger_journal_reversed_once": self = .journalReversed
        case "ledger_period_four_eyes": self = .fourEyesRequired
        case "ledger_period_filed": self = .periodFiled
        case "ledger_line_bound": self = .amountTooLarge
        default: return nil
        }
    }
}

/// Work that posts: what the ledger refuses is told as what it means.
func posting<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as PostgresError {
        throw BillingError(posting: error) ?? error
    }
}
