/// What a COPY TO STDOUT gives, from `Database.copyOut`: chunks of its format as they come. Each loop over it runs the statement anew.
///
/// A slow reader slows the server down, which holds its transaction open. Leaving the loop early cancels the statement.
public struct CopyOutput: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    let database: Database
    let scope: Scope
    let statement: SQL
    let before: [SQL]

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(output: self)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let output: CopyOutput
        private var copy: CopySession?
        private var isOver = false

        fileprivate init(output: CopyOutput) {
            self.output = output
        }

        /// The next line of text or CSV, or the next row of the binary format. Throws `PostgresError`.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> [UInt8]? {
            if isOver { return nil }
            isOver = true
            let copy: CopySession
            if let open = self.copy {
                copy = open
            } else {
                copy = try await CopySession.open(output.database, output.scope, before: output.before)
                try await copy.begin(output.statement, .out)
                self.copy = copy
            }
            while true {
                switch copy.session.takeCopy() {
                case .row(let bytes):
                    isOver = false
                    return bytes
                case .nothing: try await copy.read()
                case .end:
                    _ = try await copy.result()
                    try await copy.commit()
                    self.copy = nil
                    return nil
                case .failed:
                    _ = try await copy.result()
                    throw PostgresError.connectionLost(copy.session.lastError)
                }
            }
        }
    }
}

extension Database {
    /// Reads by COPY, on a connection of its own in a transaction of its own, in which row-level security holds as everywhere.
    ///
    ///     for try await line in database.copyOut(scope, "COPY (SELECT name, score FROM lead) TO STDOUT (FORMAT csv)") { … }
    ///
    /// COPY takes no bound values: what depends on some goes into a temporary view or table that `before` makes.
    public func copyOut(_ scope: Scope, _ statement: SQL, before: [SQL] = []) -> CopyOutput {
        CopyOutput(database: self, scope: scope, statement: statement, before: before)
    }
}
