internal import BillingAPI
internal import Platform
internal import Protobuf
internal import RPC
internal import Resources

/// A request for a page of a list.
protocol PagedRequest: Message {
    var pageSize: Int32 { get set }
    var pageToken: String { get set }
}

extension AccruedFeesRequest: PagedRequest {}
extension AgingRequest: PagedRequest {}
extension ListBatchesRequest: PagedRequest {}
extension ListCreditNotesRequest: PagedRequest {}
extension ListCustomersRequest: PagedRequest {}
extension ListInvoicesRequest: PagedRequest {}
extension ListMeetingsRequest: PagedRequest {}
extension ListMovementsRequest: PagedRequest {}
extension ListPaymentsRequest: PagedRequest {}
extension ListPeriodsRequest: PagedRequest {}
extension ListPlansRequest: PagedRequest {}
extension ListProductsRequest: PagedRequest {}
extension ListRemindersRequest: PagedRequest {}
extension ListSeriesRequest: PagedRequest {}
extension ListSubscriptionsRequest: PagedRequest {}
extension ListTaxRatesRequest: PagedRequest {}
extension ListUnmatchedRequest: PagedRequest {}
extension ListUsageEventsRequest: PagedRequest {}
extension ReorderSuggestionsRequest: PagedRequest {}
extension StockValuationRequest: PagedRequest {}

/// Where a page of a list begins, and how long it is.
struct Page<Place> {
    let size: Int
    /// The last row of the page before; nil for the first page.
    let last: Place?
    private let token: PageToken

    /// One row more than the page has tells whether there is another page.
    var limit: Int { size + 1 }

    /// - Throws: `pageTokenInvalid`.
    fileprivate init(_ request: some PagedRequest, _ token: PageToken, read: (String) -> Place?) throws(BillingError) {
        size = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        self.token = token
        last = request.pageToken.isEmpty ? nil : token.openText(request.pageToken).flatMap(read)
        if last == nil && !request.pageToken.isEmpty { throw .pageTokenInvalid }
    }

    /// What leads to the next page; empty when there is none.
    ///
    /// - Parameters:
    ///   - rows: as many as the limit, where there are so many.
    ///   - place: as `read` understands it.
    func next<Row>(_ rows: [Row], _ place: (Row) -> String) -> String {
        guard rows.count > size, let last = rows.prefix(size).last else { return "" }
        return token.seal(place(last))
    }
}

extension Page<RecordID> {
    func next<Row>(_ rows: [Row], _ id: (Row) -> RecordID) -> String { next(rows) { id($0).description } }
}

extension Office {
    /// A page of a list, whose token opens for the same question of the same tenant only.
    ///
    /// - Throws: `pageTokenInvalid`.
    func page<Place>(
        of list: StaticString, _ request: some PagedRequest, _ call: Call, read: (String) -> Place?
    ) throws(BillingError) -> Page<Place> {
        var question = request
        (question.pageSize, question.pageToken) = (0, "")
        return try Page(request, pages(of: list, question, call), read: read)
    }

    /// A page of a list in the order of ids.
    ///
    /// - Throws: `pageTokenInvalid`.
    func page(of list: StaticString, _ request: some PagedRequest, _ call: Call) throws(BillingError) -> Page<RecordID> {
        try page(of: list, request, call) { RecordID($0) }
    }
}
