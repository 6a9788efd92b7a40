internal import BillingAPI
internal import Protobuf
internal import RPC

/// Invoices of five lines to customers in turns: a number, the tax of each line, stock that leaves, and a journal.
///
/// What they need is made first where a tenant has none of it.
struct InvoiceWorkload: Workload {
    private static let lines = 5
    private static let customers = 64

    private let client: InvoiceServiceClient
    private let metadata: Metadata
    private var customers: [String] = []
    private(set) var products: [String] = []

    init(_ channel: Channel, _ metadata: Metadata) async throws {
        client = InvoiceServiceClient(channel)
        self.metadata = metadata
        let catalog = CatalogServiceClient(channel)
        if try await catalog.listProducts(ListProductsRequest(), options).products.isEmpty { try await open(channel, catalog) }
        products = try await catalog.listProducts(ListProductsRequest(), options).products.map(\.id)
        customers = try await CustomerServiceClient(channel).listCustomers(.with { $0.pageSize = 100 }, options).customers.map(\.id)
        guard products.count == Self.lines, customers.count == Self.customers else {
            throw RPCError(.failedPrecondition, "the tenant has other customers and products than this workload's")
        }
    }

    private var options: CallOptions { CallOptions(metadata: metadata, timeout: .seconds(30)) }

    /// A shop with a seller, a rate of tax, customers, and more stock than can be sold.
    private func open(_ channel: Channel, _ catalog: CatalogServiceClient) async throws {
        let seller = Seller.with { ($0.legalName, $0.gstin) = ("Acme Traders", "27AAPFU0939F1ZV") }
        _ = try await TaxServiceClient(channel).setSeller(.with { $0.seller = seller }, options)
        let rate = TaxRate.with {
            ($0.hsnPrefix, $0.effectiveFrom, $0.taxability, $0.rate) = ("1006", "2017-07-01", .taxable, 500)
            $0.source = "Notification 1/2017-Central Tax (Rate)"
        }
        _ = try await catalog.setTaxRate(.with { $0.taxRate = rate }, options)
        for number in 1...Self.lines {
            let product = Product.with {
                ($0.name, $0.hsn, $0.unit, $0.isStocked) = ("Rice \(number)", "1006", "kg", true)
                $0.price = Money.with { ($0.currencyCode, $0.minorUnits) = ("INR", 9_000) }
            }
            let id = try await catalog.createProduct(.with { $0.product = product }, .keyed("product-\(number)", metadata)).id
            let item = ReceivedItem.with {
                $0.productID = id
                $0.quantity = Quantity.with { $0.milli = 1_000_000_000_000 }
                $0.cost = Money.with { ($0.currencyCode, $0.minorUnits) = ("INR", 6_000_000_000_000) }
            }
            _ = try await catalog.receiveStock(.with { ($0.items, $0.source) = ([item], .opening) }, .keyed("stock-\(number)", metadata))
        }
        let customers = CustomerServiceClient(channel)
        for number in 1...Self.customers {
            let customer = Customer.with { $0.name = "Customer \(number)" }
            _ = try await customers.createCustomer(.with { $0.customer = customer }, .keyed("customer-\(number)", metadata))
        }
    }

    func call(_ name: String) async throws {
        let content = InvoiceContent.with { content in
            content.customerID = customers[Int(UInt(bitPattern: name.hashValue) % UInt(customers.count))]
            content.lines = products.map { product in
                .with {
                    $0.productID = product
                    $0.quantity = Quantity.with { $0.milli = 2_500 }
                }
            }
        }
        let reply = try await client.issueInvoice(.with { $0.source = .invoice(content) }, .keyed(name, metadata))
        guard reply.lines.count == Self.lines, !reply.number.isEmpty else { throw RPCError(.dataLoss, "a reply is not its request's") }
    }
}
