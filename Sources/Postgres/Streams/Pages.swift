/// The rows of a query of any length, page by page, from `Database.pages`.
public struct Pages<Item: RowDecodable & Sendable>: AsyncSequence {
    public typealias Element = [Item]
    public typealias Failure = PostgresError

    let database: Database
    let scope: Scope
    let size: Int
    let statement: (Item?, Int) -> SQL

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pages: self)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let pages: Pages
        private var last: Item?
        private var isOver = false

        fileprivate init(pages: Pages) {
            self.pages = pages
        }

        /// The next page, which is never empty; nil after the last one.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(PostgresError) -> [Item]? {
            if isOver { return nil }
            let statement = pages.statement(last, pages.size)
            isOver = true
            let rows: [Item] = try await pages.database.batch(pages.scope) { $0.all(statement) }
            guard let last = rows.last else { return nil }
            self.last = last
            isOver = rows.count < pages.size
            return rows
        }
    }
}

extension Database {
    /// Reads by keyset: each page is a short transaction of its own, and its connection is back in the pool before the caller does anything
    /// with the rows. A slow reader holds one page in memory and nothing in the database; what others commit meanwhile may show.
    ///
    ///     for try await page in database.pages(scope, of: LeadRow.self, { last, limit in .leads(after: last?.id, limit: limit) }) {
    ///         for row in page { try await replies.send(row.lead) }
    ///     }
    ///
    /// `statement` gives at most `limit` rows that follow `last` in a total order, such as `id > \(last.id) ORDER BY id LIMIT \(limit)`.
    public func pages<Item: RowDecodable & Sendable>(
        _ scope: Scope, of type: Item.Type = Item.self, size: Int? = nil, _ statement: @escaping (_ last: Item?, _ limit: Int) -> SQL
    ) -> Pages<Item> {
        Pages(database: self, scope: scope, size: max(1, size ?? Limits.pageRows), statement: statement)
    }
}
