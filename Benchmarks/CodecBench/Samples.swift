internal import BenchAPI
internal import Protobuf

// The same values as in Benchmarks/codec/codec.cc; the script compares what both make of them.

extension Invoice {
    /// 12 scalars, 20 line items of 6 fields, a map of 8 strings: 1.6 kB.
    static let sample = Invoice.with {
        $0.id = "0193b5a2-7c31-7e55-9d1f-3f2a6b8c4d10"
        $0.number = "INV-2026-004711"
        $0.customerName = "Lovelace & Söhne GmbH"
        $0.customerEmail = "accounts.payable@lovelace.example"
        $0.currency = "EUR"
        $0.notes = "Payable within 30 days without deduction. Thank you!"
        $0.issuedAtUnixSeconds = 1_790_000_000
        $0.dueAtUnixSeconds = 1_792_592_000
        $0.netCents = 18_234_599
        $0.balanceCents = -4_200
        $0.discountPercent = 2.5
        $0.paid = true
        $0.items = (0..<20).map(LineItem.sample)
        $0.labels = [
            "cost-center": "4100-EMEA", "department": "manufacturing", "approved-by": "grace.hopper", "project": "apollo",
            "region": "eu-central", "purchase-order": "PO-2026-88123", "channel": "web", "ledger": "AR",
        ]
    }
}

extension LineItem {
    static func sample(_ position: Int) -> LineItem {
        LineItem.with {
            $0.sku = "SKU-\(104_729 + position * 7_919)"
            $0.description = "Widget, stainless, M\(position + 3) × 40"
            $0.quantity = Int32(position * 17 + 1)
            $0.unitPriceCents = Int64(1_999 + position * 12_345)
            $0.taxPercent = position % 3 == 0 ? 7 : 19
            $0.taxable = true
        }
    }
}

extension Tiny {
    /// A string of 20 bytes and a number.
    static let sample = Tiny.with {
        $0.name = "twenty bytes of text"
        $0.number = 1_234_567_890_123
    }
}
