internal import Platform
internal import RPC
internal import Resources
internal import StandardTypes

/// The status that a caller gets, with its google.rpc details.
extension BillingError: RPCErrorConvertible {
    var rpcError: RPCError {
        switch self {
        case .invalid(let violations):
            RPCError(reason: .fieldViolation, Self.sentence(violations), details: [ErrorDetail(BadRequest(violations))])
        case .notFound(let resource, let id):
            RPCError(reason: .resourceNotFound, description, details: [ErrorDetail(ResourceInfo(resource.rawValue, id))])
        case .etagMismatch(let resource, let id):
            RPCError(reason: .etagMismatch, description, details: [ErrorDetail(ResourceInfo(resource.rawValue, id))])
        case .pageTokenInvalid:
            RPCError(
                reason: .pageTokenInvalid, description,
                details: [ErrorDetail(BadRequest([Violation(field: "page_token", description: description)]))])
        case .dateRangeTooWide:
            RPCError(
                reason: reason, description, details: [ErrorDetail(BadRequest([Violation(field: "to", description: description)]))])
        case .productUnknown(let name, let candidates):
            RPCError(
                reason: .resourceNotFound, description,
                details: [ErrorDetail(ResourceInfo(Resource.product.rawValue, name))]
                    + candidates.map { candidate in
                        var info = ResourceInfo(Resource.product.rawValue, candidate.id.description)
                        info.description = candidate.name
                        return ErrorDetail(info)
                    })
        case .scopeMissing(let scope):
            RPCError(reason: .scopeMissing, description, metadata: ["missing_scope": scope])
        case .sellerMissing:
            RPCError(reason: .resourceNotFound, description, details: [ErrorDetail(ResourceInfo(Resource.seller.rawValue, ""))])
        case .phoneExists, .duplicateCustomer:
            RPCError(reason: reason, description, details: [ErrorDetail(ResourceInfo(Resource.customer.rawValue, ""))])
        case .productCodeTaken:
            RPCError(reason: reason, description, details: [ErrorDetail(ResourceInfo(Resource.product.rawValue, ""))])
        case .taxRateExists:
            RPCError(reason: reason, description, details: [ErrorDetail(ResourceInfo(Resource.taxRate.rawValue, ""))])
        default:
            RPCError(reason: reason, description, details: precondition)
        }
    }

    /// A request with one violation.
    static func invalid(_ field: String, _ description: String) -> BillingError {
        .invalid([Violation(field: field, description: description)])
    }

    /// Why: by it programs decide.
    var reason: ErrorReason {
        switch self {
        case .gstinChecksum: .gstinChecksum
        case .currencyMismatch: .currencyMismatch
        case .phoneExists: .phoneExists
        case .duplicateCustomer: .duplicateCustomer
        case .customerHeld: .legalHold
        case .creditLimitExceeded: .creditLimitExceeded
        case .customerMerged, .customerAnonymised: .preconditionFailed
        case .overAllocation, .advanceTooSmall, .holdTooSmall, .paidAheadTooLittle: .overAllocation
        case .holdExpired, .tooManyAllocations: .preconditionFailed
        case .receiptDiffers: .alreadyExists
        case .insufficientStock, .outOfStock: .insufficientStock
        case .productArchived, .productNotStocked: .preconditionFailed
        case .productCodeTaken, .taxRateExists: .alreadyExists
        case .lowStockTooLong: .limitReached
        case .taxRateMissing, .sellerMissing, .seriesExhausted, .illegalTransition, .invoiceNotOpen, .interStateCompositionSupply,
            .placeOfSupplyRequired:
            .preconditionFailed
        case .contactRefused(.optedOut): .suppressed
        case .contactRefused(.consentMissing): .consentMissing
        case .contactRefused(.quietHours): .quietHours
        case .contactRefused, .reminderEnded, .reminderAttemptsUsed: .preconditionFailed
        case .journalOfDocument, .journalReversed, .reopeningNotAsked, .periodFiled, .periodNotOver: .preconditionFailed
        case .periodLocked: .periodLocked
        case .fourEyesRequired: .fourEyesRequired
        case .ledgerUnbalanced: .ledgerUnbalanced
        case .dateRangeTooWide: .dateRangeTooWide
        case .periodNotClosed: .resourceNotFound
        case .planCodeTaken, .customerSubscribed, .usageDiffers, .calendarEventTaken: .alreadyExists
        case .planRetired, .planNotSold, .planVersionsUsed, .subscriptionEnded, .overridesUsed: .preconditionFailed
        case .meetingsNotSold, .meetingOutsideSubscription, .meetingNotBegun, .meetingTooShort: .preconditionFailed
        case .invoiceImmutable: .invoiceImmutable
        case .creditExceedsLine: .overAllocation
        case .proformaExpired, .nothingToCredit, .noteTooLate, .invoiceNotIssued, .noteOnDebitNote, .invoiceCredited, .invoiceDebited,
            .invoicePaid:
            .preconditionFailed
        case .paymentUnknown, .notFound: .resourceNotFound
        case .recordExists: .alreadyExists
        case .etagMismatch: .etagMismatch
        case .pageTokenInvalid: .pageTokenInvalid
        default: .fieldViolation
        }
    }

    /// Which of several that a request names.
    private var subject: String {
        switch self {
        case .outOfStock(let product, _), .productArchived(let product), .productNotStocked(let product): product.description
        default: ""
        }
    }

    private var precondition: [ErrorDetail] {
        guard reason.code == .failedPrecondition else { return [] }
        var violation = PreconditionFailure.Violation()
        violation.type = reason.rawValue
        violation.description = description
        violation.subject = subject
        var failure = PreconditionFailure()
        failure.violations = [violation]
        return [ErrorDetail(failure)]
    }

    static func sentence(_ violations: [Violation]) -> String {
        let count = violations.count == 1 ? "A field of the request breaks a rule" : "\(violations.count) fields of the request break rules"
        guard let first = violations.first else { return "\(count)." }
        return "\(count). \(first.field): \(first.description)"
    }
}

extension Violations {
    /// Reads a part of a request; nil, and a violation, when a rule refuses it.
    mutating func reading<Value>(_ field: String, _ read: () throws(BillingError) -> Value) -> Value? {
        do throws(BillingError) {
            return try read()
        } catch {
            add(field, error.description)
            return nil
        }
    }
}
