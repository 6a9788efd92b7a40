import BillingAPI
import Platform
import Protobuf
import RPC
import Resources
import TestSupport
import Testing

@testable import BillingServer

/// One of many who do at random what can be done to invoices and payments.
struct Teller {
    private let till: Till
    private var random: SeededRandom
    /// Calls of its own that have succeeded, with the bytes of their replies.
    private var past: [(Request, key: String, reply: [UInt8])] = []

    init(_ till: Till, seed: UInt64) { (self.till, random) = (till, SeededRandom(seed: seed)) }

    /// A call, as often as it is made.
    private struct Request: Sendable {
        let operation: Till.Operation
        let send: @Sendable (CallOptions) async throws(RPCError) -> Till.Reply
    }

    mutating func step() async throws {
        if Int.random(in: 0..<20, using: &random) == 0, let call = past.randomElement(using: &random) {
            let again = try await settled(call.0, call.key)
            till.note {
                $0.replayed += 1
                if again?.bytes != call.reply { $0.differing += 1 }
            }
            return
        }
        guard let request = drawn() else { return }
        let key = BillingTenant.newKey()
        // Some callers go away, at whatever point of the call; then they ask what became of it.
        if Int.random(in: 0..<20, using: &random) == 0 { await giveUp(request, key, turns: Int.random(in: 0..<60, using: &random)) }
        guard let reply = try await settled(request, key) else { return till.note { $0.refused += 1 } }
        past.append((request, key, reply.bytes))
        if past.count > 50 { past.remove(at: Int.random(in: 0..<50, using: &random)) }
        till.note { $0.keep(request.operation, reply) }
    }

    private func giveUp(_ request: Request, _ key: String, turns: Int) async {
        let options = till.desk.tenant.options(key: key)
        let call = Task { try? await request.send(options) }
        for _ in 0..<turns { await Task.yield() }
        call.cancel()
        _ = await call.value
    }

    /// Calls until the reply is known; nil when a rule refuses it.
    private func settled(_ request: Request, _ key: String) async throws -> Till.Reply? {
        while true {
            do throws(RPCError) {
                return try await request.send(till.desk.tenant.options(key: key))
            } catch {
                if Self.refusals.contains(error.reason ?? "") { return nil }
                // Nothing else may happen than what is injected, and what calls do to each other.
                guard Self.passing.contains(error.reason ?? "") else { throw error }
                till.note { $0.repeated += 1 }
            }
        }
    }

    private static let refusals: Set = ["PRECONDITION_FAILED", "OVER_ALLOCATION", "INSUFFICIENT_STOCK", "INVOICE_IMMUTABLE"]
    private static let passing: Set = ["DB_UNAVAILABLE", "SERIALIZATION_CONFLICT", "IDEMPOTENCY_IN_PROGRESS"]

    // MARK: What can be done

    /// Nil when there is nothing yet to do it to.
    private mutating func drawn() -> Request? {
        let contents = till.contents
        let (invoice, note) = (contents.invoices.randomElement(using: &random), contents.notes.randomElement(using: &random))
        let payment = contents.payments.randomElement(using: &random)
        switch Int.random(in: 0..<19, using: &random) {
        case 0..<5: return issue()
        case 5: return invoice.map { debit($0.id) }
        case 6, 7: return invoice.map { cancel($0.id) }
        case 8..<11: return invoice.map { credit($0.id) }
        case 11: return note.map { cancelNote($0) }
        case 12..<16: return pay(invoice)
        case 16: return apply()
        case 17: return payment.map { reverse($0) }
        default: return payment.map { refund($0) }
        }
    }

    private var customer: RecordID {
        mutating get { till.customers.randomElement(using: &random) ?? till.desk.customer }
    }

    private mutating func issue() -> Request {
        let desk = till.desk
        let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let (milli, rate) = (Int64.random(in: 1...3_000, using: &random), Int32.random(in: 0...10_000, using: &random))
            if Int.random(in: 0..<5, using: &random) == 0 {
                return desk.unlisted("2701", milli, Int64.random(in: 1...90_000, using: &random))
            }
            let (product, isDiscounted, isInclusive) = (
                Bool.random(using: &random) ? desk.lamp : desk.rice, Bool.random(using: &random), Bool.random(using: &random)
            )
            return desk.line(product, milli) {
                if isDiscounted { $0.lineDiscount = .discountRate(rate) }
                $0.isPriceInclusive = isInclusive
            }
        }
        let (customer, discount) = (customer, Int32.random(in: 0...3_000, using: &random))
        let place = ["27", "29", "04"].randomElement(using: &random) ?? "27"
        let content = desk.content {
            ($0.customerID, $0.lines, $0.placeOfSupply, $0.allowUnlisted) = (customer.description, lines, place, true)
            $0.billDiscount = .discountRate(discount)
        }
        let request = IssueInvoiceRequest.with { $0.source = .invoice(content) }
        return Request(operation: .issue) { options throws(RPCError) in
            let reply = try await desk.invoices.issueInvoice(request, options)
            return Till.Reply(id: reply.id, customer: RecordID(reply.customerID) ?? .none, bytes: reply.encoded(deterministic: true))
        }
    }

    private mutating func debit(_ id: String) -> Request {
        let (desk, amount) = (till.desk, Int64.random(in: 1...5_000, using: &random))
        let request = IssueDebitNoteRequest.with {
            ($0.invoiceID, $0.reason) = (id, .other)
            $0.lines = [.with { ($0.lineNumber, $0.part) = (1, .value(BillingAPI.Money(amount, .inr))) }]
        }
        return Request(operation: .debit) { options throws(RPCError) in
            let reply = try await desk.invoices.issueDebitNote(request, options)
            return Till.Reply(id: reply.id, customer: RecordID(reply.customerID) ?? .none, bytes: reply.encoded(deterministic: true))
        }
    }

    private func cancel(_ id: String) -> Request {
        let desk = till.desk
        return Request(operation: .cancel) { options throws(RPCError) in
            let reply = try await desk.invoices.cancelInvoice(.with { ($0.id, $0.reason) = (id, "a mistake") }, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }

    private mutating func credit(_ id: String) -> Request {
        let (desk, isWhole, returns) = (till.desk, Int.random(in: 0..<3, using: &random) == 0, Bool.random(using: &random))
        let milli = Int64.random(in: 1...1_500, using: &random)
        let part = NoteContentLine.with { ($0.lineNumber, $0.part) = (1, .quantity(.with { $0.milli = milli })) }
        let request = IssueCreditNoteRequest.with {
            ($0.invoiceID, $0.lines, $0.reason, $0.returnStock) = (id, isWhole ? [] : [part], .goodsReturned, returns)
        }
        return Request(operation: .credit) { options throws(RPCError) in
            let reply = try await desk.invoices.issueCreditNote(request, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }

    private func cancelNote(_ id: String) -> Request {
        let desk = till.desk
        return Request(operation: .cancelNote) { options throws(RPCError) in
            let reply = try await desk.invoices.cancelCreditNote(.with { ($0.id, $0.reason) = (id, "a mistake") }, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }

    /// What is due first, or one invoice, which may be paid already or another customer's.
    private mutating func pay(_ invoice: Till.Sold?) -> Request {
        let (tenant, drawn, amount) = (till.desk.tenant, customer, Int64.random(in: 1...700_000, using: &random))
        let share = Int64.random(in: 1...amount, using: &random)
        let named = Int.random(in: 0..<3, using: &random) == 0 ? invoice : nil
        let customer = Int.random(in: 0..<8, using: &random) == 0 ? drawn : named?.customer ?? drawn
        let request = tenant.request(amount, from: customer) {
            guard let named else { return }
            $0.strategy = .explicit
            $0.shares = [.with { ($0.invoiceID, $0.amount) = (named.id, BillingAPI.Money(share, .inr)) }]
        }
        return Request(operation: .pay) { options throws(RPCError) in
            let reply = try await tenant.payments.recordPayment(request, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }

    private mutating func apply() -> Request {
        let (tenant, customer) = (till.desk.tenant, customer)
        return Request(operation: .apply) { options throws(RPCError) in
            let request = ApplyCreditRequest.with { ($0.customerID, $0.currencyCode) = (customer.description, "INR") }
            return Till.Reply(bytes: try await tenant.payments.applyCredit(request, options).encoded(deterministic: true))
        }
    }

    private mutating func reverse(_ id: String) -> Request {
        let (tenant, cause) = (till.desk.tenant, Bool.random(using: &random) ? ReversalCause.bounced : .mistake)
        return Request(operation: .reverse) { options throws(RPCError) in
            let reply = try await tenant.payments.reversePayment(
                .with { ($0.id, $0.cause, $0.reason) = (id, cause, "it bounced") }, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }

    private mutating func refund(_ id: String) -> Request {
        let (tenant, amount) = (till.desk.tenant, Int64.random(in: 1...200_000, using: &random))
        return Request(operation: .refund) { options throws(RPCError) in
            let reply = try await tenant.payments.refundPayment(
                .with { ($0.id, $0.method, $0.reason, $0.amount) = (id, .cash, "not wanted", BillingAPI.Money(amount, .inr)) }, options)
            return Till.Reply(id: reply.id, bytes: reply.encoded(deterministic: true))
        }
    }
}
