/// The rows of a COPY FROM STDIN, lent to the closure of `Database.copyIn`.
public struct CopyWriter: ~Copyable {
    private let copy: CopySession
    private var buffer: [UInt8] = []
    private var isBinary = false
    /// The server has said something, which can only be that it failed.
    private(set) var isStopped = false

    init(_ copy: CopySession) {
        self.copy = copy
    }

    /// Adds a row in the binary format, a value for each column of the statement, nil for NULL: its columns have exactly these types.
    /// Suspends while the server takes no more.
    public mutating func row<each Value: PostgresValue>(_ values: repeat (each Value)?) async throws(PostgresError) {
        if !isBinary {
            buffer += Self.header
            isBinary = true
        }
        var count: Int16 = 0
        for _ in repeat each values { count += 1 }
        buffer.append(bigEndian: count)
        for value in repeat each values {
            guard let value else {
                buffer.append(bigEndian: Int32(-1))
                continue
            }
            let start = buffer.count
            buffer.append(bigEndian: Int32(0))
            value.encode(into: &buffer)
            let length = Int32(clamping: buffer.count - start - 4)
            for offset in 0..<4 { buffer[start + offset] = UInt8(truncatingIfNeeded: length >> (24 - 8 * Int32(offset))) }
        }
        if buffer.count >= Limits.copyChunk { try await send() }
    }

    /// Adds bytes as they are, in the format that the statement names: lines of text or CSV, cut anywhere.
    public mutating func write(_ bytes: [UInt8]) async throws(PostgresError) {
        buffer += bytes
        if buffer.count >= Limits.copyChunk { try await send() }
    }

    mutating func finish() async throws(PostgresError) {
        if isBinary { buffer.append(bigEndian: Int16(-1)) }
        try await send()
    }

    /// What has been written when the server stops listening is dropped: its error comes with the end.
    private mutating func send() async throws(PostgresError) {
        if Task.isCancelled { throw .callerCancelled }
        if copy.hasInput { isStopped = true }
        defer { buffer.removeAll(keepingCapacity: true) }
        if isStopped { throw .copyStopped }
        guard copy.session.putCopy(buffer.span) else { throw .connectionLost(copy.session.lastError) }
        if try await !copy.flush(stopsWhenReadable: true) {
            isStopped = true
            throw .copyStopped
        }
    }

    /// Section "COPY", "Binary Format" of PostgreSQL's manual: a signature, flags, the length of an extension.
    private static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
}

extension Database {
    /// Writes rows by COPY, in a transaction on a connection of its own: all of them or none. Returns how many.
    ///
    ///     try await database.copyIn(scope, "COPY rate (prefix, price) FROM STDIN (FORMAT binary)") { copy in
    ///         for rate in rates { try await copy.row(rate.prefix, rate.price) }
    ///     }
    ///
    /// PostgreSQL takes no COPY into a table whose row-level security holds the role: copy into a temporary table that `before` makes, and
    /// let `after` insert from it. What the server does not like is thrown as soon as it says so, at the latest at the end.
    public func copyIn(
        _ scope: Scope, _ statement: SQL, before: [SQL] = [], after: [SQL] = [], _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        let copy = try await CopySession.open(self, scope, before: before)
        try await copy.begin(statement, .into)
        var writer = CopyWriter(copy)
        do {
            try await body(&writer)
            try await writer.finish()
        } catch {
            // Its own error says more than that it stopped.
            guard writer.isStopped else { throw error }
        }
        guard copy.session.endCopy() else { throw PostgresError.connectionLost(copy.session.lastError) }
        _ = try await copy.flush()
        let rows = try await copy.result().affectedRows
        for statement in after { try await copy.run(statement) }
        try await copy.commit()
        return rows
    }
}

extension PostgresError {
    fileprivate static var copyStopped: PostgresError {
        PostgresError(.other, "The server has stopped taking rows. Return from the closure: its error is thrown then.")
    }
}
