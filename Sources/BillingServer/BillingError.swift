internal import Resources

/// Everything for which a rule of billing refuses what it is given. No sentence repeats what a caller wrote, apart from words of our own.
enum BillingError: Error, Hashable, Sendable {
    /// Fields of a request that break rules. Never empty.
    case invalid([Violation])
    case pageTokenInvalid
    /// Also what another tenant's is.
    case notFound(Resource, id: String)
    case etagMismatch(Resource, id: String)
    /// The tenant has not said who it is.
    case sellerMissing

    case phoneMalformed
    /// Another customer has this phone.
    case phoneExists
    /// Another customer has this registration, or this name at this landmark.
    case duplicateCustomer
    /// It was the same as another one, which stands for both.
    case customerMerged
    case customerAnonymised
    case mergedWithItself
    /// What is owed to or by a customer, or an open invoice, keeps the customer.
    case customerHeld
    case creditLimitExceeded
    case dateRangeTooWide(days: Int)

    /// The exact result does not fit into 64 bits of minor units or thousandths.
    case amountOutOfRange
    /// More than a single amount is: a slip of the keyboard.
    case amountTooLarge
    case amountNotPositive
    case currencyUnknown
    case currencyMismatch(expected: Currency, found: Currency)
    case quantityNotPositive
    case rateOutOfRange
    case discountExceedsValue
    case tooManyLines(limit: Int)

    case dateInvalid
    case timeZoneUnknown
    case stateUnknown
    case gstinMalformed
    case gstinChecksum
    case hsnMalformed
    case placeOfSupplyRequired
    case interStateCompositionSupply
    case taxRateMissing(hsn: HSNCode, date: CivilDate)
    case taxRateRange(id: Int64)
    case taxRatesOverlap(id: Int64, other: Int64)

    /// What is issued is not changed.
    case invoiceImmutable(InvoiceStatus)
    case proformaExpired
    /// No product, or several, have this name.
    case productUnknown(String, candidates: [MeantProduct])
    /// More would be credited than is left of the invoice's line.
    case creditExceedsLine(Int)
    case nothingToCredit
    /// 30 November after the invoice's financial year has passed.
    case noteTooLate
    /// It was never issued, or was cancelled.
    case invoiceNotIssued
    case noteOnDebitNote
    case invoiceCredited
    /// A debit note of this number adds to it.
    case invoiceDebited(String)
    case invoicePaid
    case scopeMissing(String)
    case seriesPrefixInvalid
    case seriesExhausted
    case illegalTransition(of: String, from: String, to: String)

    case journalTooShort
    case journalTooLong(limit: Int)
    case journalUnbalanced(Currency)
    case partyRequired(AccountCode)
    case partyNotAllowed(AccountCode)
    case accountKeptByDocuments(AccountCode)
    case journalOfDocument(kind: String, id: RecordID)
    case journalReversed
    case periodLocked
    case periodNotClosed
    case reopeningNotAsked
    case periodFiled
    case periodNotOver
    case fourEyesRequired
    case ledgerUnbalanced

    case overAllocation(RecordID)
    case invoiceNotOpen(RecordID)
    case invoiceRepeated(RecordID)
    case paymentUnknown(RecordID)
    /// Of the payment is less left than is to be used.
    case advanceTooSmall
    /// More would be captured than is held.
    case holdTooSmall
    case holdExpired(at: Instant)
    /// A payment keeps no more allocations than this.
    case tooManyAllocations(limit: Int)
    /// The provider has told of this event with another amount.
    case receiptDiffers
    case recordExists(RecordID)

    case insufficientStock(available: Quantity)
    /// The same, of which product.
    case outOfStock(product: RecordID, available: Quantity)
    case productArchived(RecordID)
    case productNotStocked(RecordID)
    /// Another product that is sold has the code.
    case productCodeTaken(field: String)
    /// Its prefix has a row for the day.
    case taxRateExists
    case lowStockTooLong(limit: Int)
    case batchRepeated(RecordID)

    case tiersNotAscending
    case floorAboveCap
    case planCodeTaken
    case planRetired
    case planNotSold(BillingIntervalKind)
    case planVersionsUsed(limit: Int)
    /// The customer has a subscription that has no end.
    case customerSubscribed
    case subscriptionEnded
    case overridesUsed(limit: Int)
    case paidAheadTooLittle
    /// The event has been counted before, and was another one.
    case usageDiffers(index: Int)
    /// Another meeting has this event of the calendar.
    case calendarEventTaken
    case meetingsNotSold
    /// It begins before the subscription does, or behind its end.
    case meetingOutsideSubscription
    case meetingNotBegun
    case meetingTooShort(minutes: Int)

    case recurrenceTooFrequent
    case recurrenceOutOfRange
    case timeTextTooLong(limit: Int)
    case timeNotUnderstood
    case timeInThePast
    case reminderTextPlace
    case reminderTextMissing
    /// A reminder may not be sent now.
    case contactRefused(ContactRule)
    case reminderEnded
    case reminderAttemptsUsed(limit: Int)
}

extension BillingError: CustomStringConvertible {
    var description: String {
        switch self {
        case .invalid(let violations): Self.sentence(violations)
        case .pageTokenInvalid:
            "The page token does not fit this list. Send the token of the page before, with the same request otherwise, or none."
        case .notFound(let resource, _): "There is no \(resource.noun) with this id."
        case .etagMismatch(let resource, _):
            "The \(resource.noun) is no longer the version that this etag names. Get it again and repeat the change on it."
        case .sellerMissing: "The tenant has not said yet who sells: call TaxService.SetSeller first."
        case .phoneMalformed:
            "It is no telephone number: write + and the country code and number, 8 to 15 digits in all, or the ten digits of an Indian one."
        case .phoneExists: "Another customer has this telephone number."
        case .duplicateCustomer:
            "Another customer has this GSTIN, or this name at this landmark. Use that one, or say is_namesake when the name is all they share."
        case .customerMerged: "The customer was merged into another one: name the one in merged_into."
        case .customerAnonymised: "The customer was deleted: what told of the person is gone, and no document can be made for them."
        case .mergedWithItself: "A customer cannot be merged with itself."
        case .customerHeld:
            """
            The customer has a balance, an advance, an open invoice, a subscription, money on hold, or usage or a meeting that is on no bill yet. \
            Settle what is open, then delete the customer.
            """
        case .creditLimitExceeded:
            "The customer would owe more than the credit limit. Take a payment first, raise the limit, or ask who may override it."
        case .dateRangeTooWide(let days): "The range is too wide: ask for at most \(days) days at once."
        case .amountOutOfRange: "The amount is too large: it does not fit into 64 bits of the currency's smallest unit."
        case .amountTooLarge: "The amount is too large: a single one is at most \(Limits.amount) of the currency's smallest unit."
        case .amountNotPositive: "The amount must be above zero."
        case .currencyUnknown: "It is no currency of ISO 4217: write three capital letters such as INR."
        case .currencyMismatch(let expected, let found): "The amount is in \(found), where \(expected) is needed."
        case .quantityNotPositive: "The quantity must be above zero."
        case .rateOutOfRange: "The rate must be 0 to 10000 basis points."
        case .discountExceedsValue: "The discount is more than what it is taken from."
        case .tooManyLines(let limit): "A document has 1 to \(limit) lines."
        case .dateInvalid: "It is no day of the years 1 to 9999: write YYYY-MM-DD."
        case .timeZoneUnknown: "It is no IANA time zone that this server knows: write a name such as Asia/Kolkata."
        case .stateUnknown: "It is no state code of GST: write two digits, 01 to 38, 97 or 99."
        case .gstinMalformed: "A GSTIN has 15 characters: the state's two digits, a PAN, a digit or letter, Z and a check character."
        case .gstinChecksum: "The last character of the GSTIN does not fit the others. Compare it with the registration."
        case .hsnMalformed: "An HSN code has 4, 6 or 8 digits."
        case .placeOfSupplyRequired: "The place of supply is needed: send the state code of where the goods or services go."
        case .interStateCompositionSupply: "Who pays tax under the composition scheme supplies within the own state only."
        case .taxRateMissing(let hsn, let date): "No tax rate is known for HSN \(hsn) on \(date). Set one, with its source."
        case .taxRateRange(let id): "The tax rate \(id) ends before it begins."
        case .taxRatesOverlap(let id, let other): "The tax rates \(id) and \(other) are for the same HSN prefix and days."
        case .invoiceImmutable(let status): Self.whyImmutable(status)
        case .proformaExpired: "The proforma's time is over: write a new one."
        case .productUnknown(_, let candidates):
            candidates.isEmpty
                ? "No product has this name, SKU or barcode. Create it, or say allow_unlisted for a line without a product."
                : "No single product has this name, SKU or barcode: name one of those that are listed here by its id."
        case .creditExceedsLine(let number): "More would be taken off line \(number) of the invoice than is left of it."
        case .nothingToCredit: "Nothing is left of the invoice to be taken off."
        case .noteTooLate: "Credit notes against an invoice are written until 30 November after its financial year."
        case .invoiceNotIssued: "The invoice is not issued, or was cancelled: there is nothing to take off it or to add to it."
        case .noteOnDebitNote: "It is a debit note itself: write another one against the invoice that it adds to."
        case .invoiceCredited: "A credit note is against the invoice: it is not cancelled any more. Write a credit note on what is left."
        case .invoiceDebited(let number): "The debit note \(number) is against the invoice: cancel that first."
        case .invoicePaid: "The invoice is paid in full: it is not cancelled any more. Write a credit note."
        case .scopeMissing(let scope): "The call needs the scope \(scope)."
        case .seriesPrefixInvalid: "A series' prefix has 1 to 4 capital letters or digits."
        case .seriesExhausted: "The series has no number left in this financial year. Open another series."
        case .illegalTransition(let of, let from, let to):
            "\(of.first.map("aeiou".contains) == true ? "An" : "A") \(of) cannot go from \(from) to \(to)."
        case .journalTooShort: "A journal needs at least two lines."
        case .journalTooLong(let limit): "A journal has at most \(limit) lines."
        case .journalUnbalanced(let currency): "The journal's debits and credits in \(currency) differ."
        case .partyRequired(let account): "Account \(account) is kept for each customer: name the customer."
        case .partyNotAllowed(let account): "Account \(account) is not kept for each customer: name none."
        case .accountKeptByDocuments(let account):
            "Account \(account) is kept by documents: post to it by hand only if you say that it is meant."
        case .journalOfDocument(let kind, let id): "The journal is of the \(kind) \(id): take that back, and its journal goes with it."
        case .journalReversed: "The journal is taken back already."
        case .periodLocked: "The month is closed: it takes no journal and no document any more. Choose a later day."
        case .periodNotClosed: "The month is not closed."
        case .reopeningNotAsked: "Nobody has asked to open the month again: call AskToReopenPeriod first, as somebody else."
        case .periodFiled: "The month's return is filed: it stays closed. What was wrong is corrected in a later month."
        case .periodNotOver: "The month is not over where the tenant is: its return is filed afterwards."
        case .fourEyesRequired: "Who has asked to open the month again cannot do it as well: somebody else has to."
        case .ledgerUnbalanced: "The debits and credits of the ledger differ: call VerifyLedger to find out where."
        case .overAllocation: "More would be allocated than is open or was paid."
        case .invoiceNotOpen: "An invoice that is named is not among the customer's open ones."
        case .invoiceRepeated: "An invoice is named twice."
        case .paymentUnknown: "There is no such payment, or it was reversed."
        case .advanceTooSmall: "Less is left of the payment. Reverse or cancel what it pays first, or use less."
        case .holdTooSmall: "Less is held. Capture at most what was authorised."
        case .holdExpired(let end): "The hold expired at \(end.utcText): the payer's bank holds the money no longer. Authorize it again."
        case .tooManyAllocations(let limit): "A payment keeps at most \(limit) allocations."
        case .receiptDiffers: "The provider has told of this event before, with another amount, method or currency."
        case .recordExists: "There is a record with this id already."
        case .insufficientStock(let available): "There is too little in stock: \(available) can be taken."
        case .outOfStock(_, let available): "There is too little in stock of a product: \(available) can be taken."
        case .productArchived: "A product that is named is sold no more. Create another one, or leave it out."
        case .productNotStocked: "A product that is named is not stocked: there is no quantity of it to change."
        case .productCodeTaken(let field):
            "Another product that is sold has this \(field). Archive that one first, or write another \(field)."
        case .taxRateExists:
            "The HSN prefix has a tax rate for this day already, and rates are not changed. Set one for the next day, or for a longer prefix."
        case .lowStockTooLong(let limit): "More than \(limit) products are low: list them instead."
        case .batchRepeated: "A batch is named twice."
        case .tiersNotAscending: "The tiers' bounds must ascend, and only the last may be without one."
        case .floorAboveCap: "The least fee is above the largest."
        case .planCodeTaken: "Another plan has this code: a code is never used again."
        case .planRetired: "The plan is sold no more: choose another one."
        case .planNotSold(let interval): "A plan that is named is not sold by the \(interval.rawValue): choose another interval."
        case .planVersionsUsed(let limit): "A plan has at most \(limit) versions: make another plan."
        case .customerSubscribed: "The customer has a subscription that is not over: change that one, or subscribe after its last day."
        case .paidAheadTooLittle: "The customer has paid too little ahead for the first bill: take a payment first."
        case .overridesUsed(let limit): "A customer has at most \(limit) overrides that are not over: revoke some first."
        case .subscriptionEnded: "The subscription is cancelled: subscribe again."
        case .usageDiffers(let index): "The event \(index) was counted before, with another subscription, meter, time or number of units."
        case .calendarEventTaken: "Another meeting is recorded for this event of the calendar."
        case .meetingsNotSold: "The plan that the subscription is of on that day has no fee for meetings."
        case .meetingOutsideSubscription: "On that day the subscription has not begun, or is over."
        case .meetingNotBegun: "The meeting is still to begin: confirm it when it took place."
        case .meetingTooShort(let minutes): "A meeting counts from \(minutes) minutes on."
        case .recurrenceTooFrequent: "A reminder repeats at most once an hour."
        case .recurrenceOutOfRange: "The recurrence is out of range: a day of the month is 1 to 31, a number of months 1 to 120."
        case .timeTextTooLong(let limit): "The text has more than \(limit) bytes."
        case .timeNotUnderstood: "The text names no time that is understood: write a day and a time, such as \"tomorrow 5 pm\"."
        case .timeInThePast: "The time has passed."
        case .reminderTextPlace:
            "A place in the text is none: write {{customer}} or {{business}}, and with an invoice {{invoice}}, {{amount}} or {{due_on}}."
        case .reminderTextMissing: "A reminder of this kind has no usual text: write one."
        case .contactRefused(let rule): rule.sentence
        case .reminderEnded: "The reminder has ended: none of its times is to come. Create another one."
        case .reminderAttemptsUsed(let limit): "The reminder was handed over \(limit) times already. Create another one."
        }
    }

    private static func whyImmutable(_ status: InvoiceStatus) -> String {
        switch status {
        case .issued, .partial, .paid: "An issued invoice does not change: cancel it, or write a credit note or a debit note."
        case .cancelled: "The invoice was cancelled: it does not change any more. Write another one."
        case .draft: "It is a draft: change it, or issue it."
        case .void: "It was discarded: it does not change any more. Write another one."
        case .proforma: "A proforma is neither changed nor issued: convert it into an invoice, or discard it."
        case .converted: "The proforma was converted into an invoice: it does not change any more."
        case .expired: "The proforma's time is over: write a new one."
        }
    }
}
