/// One row of COPY's binary format.
public struct CopyRow: Sendable {
    private let bytes: [UInt8]
    /// Where each column's value is; nil for NULL.
    private let columns: [Range<Int>?]

    public var columnCount: Int { columns.count }

    /// Nil for bytes that do not add up.
    init?(_ bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
        var position = 0
        func number(_ size: Int, _ bytes: [UInt8]) -> Int? {
            guard bytes.count - position >= size else { return nil }
            defer { position += size }
            let value = bytes[position..<position + size].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return size == 2 ? Int(Int16(truncatingIfNeeded: value)) : Int(Int32(bitPattern: value))
        }
        guard let count = number(2, self.bytes), count >= 0 else { return nil }
        var columns: [Range<Int>?] = []
        for _ in 0..<count {
            guard let length = number(4, self.bytes), length >= -1, length <= self.bytes.count - position else { return nil }
            columns.append(length < 0 ? nil : position..<position + length)
            position += max(0, length)
        }
        guard position == self.bytes.count else { return nil }
        self.columns = columns
    }

    /// The value of a column by its place from 0, read as exactly the type that `Value` is sent as: the format names no types.
    /// Throws `decoding` for NULL, for a place that is none, and for bytes that are no such value.
    public func value<Value: PostgresValue>(_ column: Int, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard let value: Value = try optional(column) else {
            throw PostgresError(.decoding, "Column \(column) is NULL where \(Value.self) was expected. Read it by optional().")
        }
        return value
    }

    /// The same, or nil for NULL.
    public func optional<Value: PostgresValue>(_ column: Int, as type: Value.Type = Value.self) throws(PostgresError) -> Value? {
        guard columns.indices.contains(column) else {
            throw PostgresError(.decoding, "The row has no column \(column): it has \(columns.count).")
        }
        guard let range = columns[column] else { return nil }
        guard let value = unsafe Value(decoding: bytes.span.bytes.extracting(range), as: Value.type) else {
            throw PostgresError(.decoding, "Column \(column) holds what is no valid \(Value.self).")
        }
        return value
    }
}

/// The rows of a COPY TO STDOUT (FORMAT binary).
public struct CopyRows: AsyncSequence, Sendable {
    public typealias Element = CopyRow
    public typealias Failure = any Error

    let output: CopyOutput

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(chunks: output.makeAsyncIterator())
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private var chunks: CopyOutput.AsyncIterator
        private var isFirst = true

        fileprivate init(chunks: CopyOutput.AsyncIterator) {
            self.chunks = chunks
        }

        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> CopyRow? {
            while let chunk = try await chunks.next(isolation: actor) {
                // The header stands before the first row; flags and extensions are none that we ask for.
                let bytes = isFirst ? chunk.dropFirst(Self.headerBytes) : chunk[...]
                isFirst = false
                // The trailer is a column count of -1.
                if bytes.elementsEqual([0xFF, 0xFF]) || bytes.isEmpty { continue }
                guard let row = CopyRow(bytes) else {
                    throw PostgresError(.decoding, "The server's rows are not in COPY's binary format. Write (FORMAT binary).")
                }
                return row
            }
            return nil
        }

        private static let headerBytes = 19
    }
}

extension CopyOutput {
    /// The rows of a statement with `(FORMAT binary)`.
    public var rows: CopyRows { CopyRows(output: self) }
}
