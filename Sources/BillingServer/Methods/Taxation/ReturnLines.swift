internal import BillingAPI
internal import Protobuf

/// The lines of a return as callers read them.
extension ReturnLine {
    init(_ document: ReturnedDocument, in section: ReturnSection) {
        self.init()
        table =
            switch section {
            case .b2b: .b2b
            case .b2cl: .b2cl
            case .b2cs: .b2cs
            case .exports: .exports
            case .cdnr: .cdnr
            case .cdnur: .cdnur
            }
        buyerGstin = document.gstin
        number = document.number
        issuedOn = document.issuedOn.description
        placeState = document.placeState
        nature = document.nature.rawValue
        value = document.payable
        isCreditNote = document.kind == .creditNote
        originalNumber = document.originalNumber
        rateBasisPoints = document.rateBasisPoints
        set(document.value)
    }

    init(_ code: ReturnedCodeRow) {
        self.init()
        table = .hsn
        hsn = code.hsn
        uqc = UnitQuantityCode.of(code.unit)
        rateBasisPoints = code.rate
        isRegistered = code.isRegistered
        quantityMilli = code.quantity
        set(code.value)
    }

    init(_ series: ReturnedSeriesRow) {
        self.init()
        table = .documents
        number = series.first
        lastNumber = series.last
        documents = series.count
        cancelled = series.cancelled
    }

    /// What is summed up, in an order that is always the same.
    static func sums(of month: MonthReturn) -> [ReturnLine] {
        let small = month.smallSales.map { key, value in
            ReturnLine.with {
                $0.table = .b2cs
                $0.placeState = key.placeState
                $0.nature = key.nature.rawValue
                $0.rateBasisPoints = key.rateBasisPoints
                $0.set(value)
            }
        }
        let untaxed = month.untaxed.map { key, value in
            ReturnLine.with {
                $0.table = .nil
                $0.nature = key.taxability.rawValue
                $0.isRegistered = key.isRegistered
                $0.isInterState = key.isInterState
                $0.set(value)
            }
        }
        return small.sorted { ($0.placeState, $0.nature, $0.rateBasisPoints) < ($1.placeState, $1.nature, $1.rateBasisPoints) }
            + untaxed.sorted { $0.untaxedPlace < $1.untaxedPlace }
    }

    /// 8A to 8D of one taxability are in their order.
    private var untaxedPlace: (String, Int, Int) { (nature, isRegistered ? 0 : 1, isInterState ? 0 : 1) }

    fileprivate mutating func set(_ value: TaxedValue) {
        taxable = value.taxable
        igst = value.igst
        cgst = value.cgst
        sgst = value.sgst
        cess = value.cess
    }
}
