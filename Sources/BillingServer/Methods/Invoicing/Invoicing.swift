internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

/// The invoice service: invoices from draft to paid, and the notes against them.
struct Invoicing: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension Invoicing: InvoiceService {}

extension Invoicing {
    /// The work of a keyed call, which is done again when others got in its way.
    func once<Reply: Message>(
        _ request: some Message, _ call: Call, _ body: (borrowing Transaction) async throws -> Reply
    ) async throws -> Reply {
        let key = try IdempotencyKey(call)
        return try await explained(call) {
            try await office.database.once(key, request: request, call, retries: .onConflict(), body)
        }
    }

    /// What the database refuses in words of billing, and for a product that nobody knows those that may have been meant.
    func explained<Reply>(_ call: Call, _ work: () async throws -> Reply) async throws -> Reply {
        do {
            return try await work()
        } catch let error as PostgresError {
            throw BillingError(invoicing: error) ?? error
        } catch BillingError.productUnknown(let name, _) {
            let candidates: [MeantProduct] = try await office.database.batch(Scope(call)) { $0.all(.productCandidates(name)) }
            throw BillingError.productUnknown(name, candidates: candidates)
        }
    }
}
