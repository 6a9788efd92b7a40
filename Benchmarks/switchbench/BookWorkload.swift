internal import BillingAPI
internal import Protobuf
internal import RPC

/// What an invoice of fifty lines would come to, to nobody in particular.
struct PreviewWorkload: Workload {
    private static let lines = 50

    private let client: InvoiceServiceClient
    private let options: CallOptions
    private let request: PreviewTaxRequest

    /// In the shop of ``InvoiceWorkload``.
    init(_ channel: Channel, _ metadata: Metadata) async throws {
        let shop = try await InvoiceWorkload(channel, metadata)
        client = InvoiceServiceClient(channel)
        options = CallOptions(metadata: metadata, timeout: .seconds(30))
        request = .with {
            $0.invoice = InvoiceContent.with { content in
                content.lines = (0..<Self.lines).map { number in
                    .with {
                        $0.productID = shop.products[number % shop.products.count]
                        $0.quantity = Quantity.with { $0.milli = 1_500 + Int64(number) }
                        $0.lineDiscount = .discountRate(Int32(number))
                    }
                }
            }
        }
    }

    func call(_ name: String) async throws {
        let reply = try await client.previewTax(request, options)
        guard reply.lines.count == Self.lines else { throw RPCError(.dataLoss, "a reply is not its request's") }
    }
}

/// The trial balance as of days long ago.
struct TrialBalanceWorkload: Workload {
    private let client: LedgerServiceClient
    private let options: CallOptions

    init(_ channel: Channel, _ metadata: Metadata) {
        client = LedgerServiceClient(channel)
        options = CallOptions(metadata: metadata, timeout: .seconds(30))
    }

    func call(_ name: String) async throws {
        let day = 1 + Int(UInt(bitPattern: name.hashValue) % 28)
        let reply = try await client.trialBalance(.with { $0.asOf = "2024-12-\(day < 10 ? "0" : "")\(day)" }, options)
        guard !reply.accounts.isEmpty else { throw RPCError(.dataLoss, "the ledger is empty") }
    }
}
