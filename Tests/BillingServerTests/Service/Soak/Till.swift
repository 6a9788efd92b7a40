import Synchronization

@testable import BillingServer

/// What tellers of one tenant have made, each found by the others, and how often what was done.
final class Till: Sendable {
    struct Sold {
        let id: String
        let customer: RecordID
    }

    struct Contents {
        /// The last of them, so that much can be done to them, and to one by many.
        var invoices: [Sold] = []
        var notes: [String] = []
        var payments: [String] = []
        /// What has succeeded, by the kind of the operation.
        var done: [Operation: Int] = [:]
        /// Calls that failed by a fault, a cancellation or another call, and were made again under their keys.
        var repeated = 0
        var refused = 0
        /// Replies that came again, and those of them that had other bytes.
        var replayed = 0
        var differing = 0

        mutating func keep(_ operation: Operation, _ reply: Reply) {
            done[operation, default: 0] += 1
            switch operation {
            case .issue, .debit: invoices = invoices.suffix(49) + [Sold(id: reply.id, customer: reply.customer)]
            case .credit: notes = notes.suffix(19) + [reply.id]
            case .pay: payments = payments.suffix(29) + [reply.id]
            case .cancel, .cancelNote, .apply, .reverse, .refund: break
            }
        }
    }

    /// What became of a call: the bytes of the reply are what a repetition has to get.
    struct Reply {
        var id = ""
        var customer = RecordID.none
        let bytes: [UInt8]
    }

    enum Operation: CaseIterable { case issue, debit, cancel, credit, cancelNote, pay, apply, reverse, refund }

    let desk: InvoiceDesk
    let customers: [RecordID]
    private let state = Mutex(Contents())

    init(_ world: BillingWorld) async throws {
        desk = try await InvoiceDesk(world, stock: 100_000_000_000)
        customers = [desk.customer, try await desk.tenant.newCustomer(), try await desk.tenant.newCustomer()]
    }

    var contents: Contents { state.withLock { $0 } }

    func note(_ change: (inout Contents) -> Void) { state.withLock { change(&$0) } }
}
