import Platform
import RPC
import StandardTypes
import Testing

@testable import BillingServer

struct CreditLimitTests {
    @Test(
        "a customer may owe up to the limit and not a paisa more, advances count against it, and without a limit there is none",
        arguments: [
            (nil, 0, Int64.max, true), (nil, .max, .max, true),
            (0, 0, 0, true), (0, 0, 1, false), (0, -1, 1, true), (0, -1, 2, false),
            (100, 40, 60, true), (100, 40, 61, false), (100, 101, 0, false),
            (Int64.max, .max, .max, false), (.max, .min, .max, true),
        ] as [(Int64?, Int64, Int64, Bool)])
    func limit(amount: Int64?, balance: Int64, new: Int64, isWithin: Bool) {
        var refused: BillingError?
        do throws(BillingError) {
            try CreditLimit(amount: amount).demandRoom(for: new, above: Int128(balance))
        } catch {
            refused = error
        }
        #expect(refused == (isWithin ? nil : .creditLimitExceeded))
    }

    @Test("who exceeds it hears CREDIT_LIMIT_EXCEEDED, with the precondition")
    func status() throws {
        let error = BillingError.creditLimitExceeded.rpcError
        #expect(error.code == .failedPrecondition)
        #expect(error.reason == "CREDIT_LIMIT_EXCEEDED")
        #expect(error.detail(PreconditionFailure.self)?.violations.map(\.type) == ["CREDIT_LIMIT_EXCEEDED"])
    }
}
