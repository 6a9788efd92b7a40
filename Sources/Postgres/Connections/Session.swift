internal import CPostgres

/// libpq's connection object, and every call of libpq that touches one.
///
/// Not thread-safe, as libpq is not: it is made on a blocking thread, then handed to the one thread (a loop or that of a migration)
/// that uses it to its end.
@safe
final class Session: @unchecked Sendable {
    enum Flushed {
        case all
        /// The socket is full: wait until it can be read or written.
        case partly
        case failed
    }

    private(set) var pointer: OpaquePointer?
    private let notices: NoticeSink

    /// Takes ownership of a PGconn.
    init(owning pointer: OpaquePointer, log: (@Sendable (String) -> Void)?) {
        unsafe self.pointer = pointer
        notices = NoticeSink(log: log)
        // Unless it is replaced, libpq prints notices on standard error. The sink lives as long as this object, which ends the PGconn.
        let context = unsafe Unmanaged.passUnretained(notices).toOpaque()
        _ = unsafe PQsetNoticeProcessor(
            pointer,
            { context, message in
                guard let context = unsafe context, let message = unsafe message else { return }
                unsafe Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue().log?(String(cString: message).trimmed)
            }, context)
    }

    deinit {
        finish()
    }

    /// Closes the connection; what was sent and not answered is rolled back by the server unless it was committed by then.
    func finish() {
        guard let open = unsafe pointer else { return }
        unsafe PQfinish(open)
        unsafe pointer = nil
    }

    var descriptor: Int32 { unsafe PQsocket(pointer) }
    var isBroken: Bool { unsafe PQstatus(pointer) != CONNECTION_OK }
    /// In no transaction, with nothing under way.
    var isIdle: Bool { unsafe PQtransactionStatus(pointer) == PQTRANS_IDLE }
    /// A statement or a COPY is under way.
    var isActive: Bool { unsafe PQtransactionStatus(pointer) == PQTRANS_ACTIVE }
    /// In a transaction block that has not failed.
    var isInTransaction: Bool { unsafe PQtransactionStatus(pointer) == PQTRANS_INTRANS }

    /// libpq's words about what failed last.
    var lastError: String {
        guard let text = unsafe PQerrorMessage(pointer) else { return "" }
        return unsafe String(cString: text).trimmed
    }

    // MARK: Pipeline

    /// From here on nothing blocks. False when libpq refuses.
    func becomeNonblocking() -> Bool {
        unsafe PQsetnonblocking(pointer, 1) == 0
    }

    /// From here on nothing blocks, and many requests can be under way. False when libpq refuses.
    func enterPipeline() -> Bool {
        guard becomeNonblocking() else { return false }
        return unsafe PQenterPipelineMode(pointer) == 1
    }

    func sendPreparation(of statement: SQL, named name: String) -> Bool {
        let parameters = statement.parameters
        return unsafe withUnsafeTemporaryAllocation(of: Oid.self, capacity: parameters.count) { types in
            for (index, parameter) in parameters.enumerated() {
                unsafe types.initializeElement(at: index, to: parameter.type.rawValue)
            }
            return unsafe PQsendPrepare(pointer, name, statement.text, Int32(parameters.count), types.baseAddress) == 1
        }
    }

    /// Runs a statement; unnamed when `name` is nil. Results come in binary format.
    func send(_ statement: borrowing SQL, preparedAs name: String?) -> Bool {
        let count = statement.parameterCount
        guard count <= Limits.parameters, statement.values.count <= Limits.valueBytes else { return false }
        return unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
            unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                unsafe withUnsafeTemporaryAllocation(of: Oid.self, capacity: count) { types in
                    unsafe statement.values.withUnsafeBytes { bytes in
                        // An empty value needs an address, too, any address: a null pointer would be NULL.
                        var next = unsafe bytes.baseAddress ?? UnsafeRawPointer(values.baseAddress)
                        var index = 0
                        for position in statement.pieces.indices {
                            guard let parameter = statement.pieces[position].parameter else { continue }
                            let value = unsafe next?.assumingMemoryBound(to: CChar.self)
                            unsafe values.initializeElement(at: index, to: parameter.length == nil ? nil : value)
                            let length = parameter.length ?? 0
                            unsafe next = next?.advanced(by: length)
                            unsafe numbers.initializeElement(at: index, to: Int32(truncatingIfNeeded: length))
                            unsafe numbers.initializeElement(at: count + index, to: 1)
                            unsafe types.initializeElement(at: index, to: parameter.type.rawValue)
                            index += 1
                        }
                        let lengths = numbers.baseAddress
                        let formats = unsafe numbers.baseAddress.map { unsafe $0 + count }
                        if let name {
                            // A short name is lent from the stack so; as an argument it would be copied to the heap.
                            return unsafe name.withCString { name in
                                unsafe PQsendQueryPrepared(
                                    pointer, name, Int32(count), values.baseAddress, lengths, formats, 1) == 1
                            }
                        }
                        return unsafe PQsendQueryParams(
                            pointer, statement.text, Int32(count), types.baseAddress, values.baseAddress, lengths, formats, 1) == 1
                    }
                }
            }
        }
    }

    /// Ends a group of requests; libpq 15 writes to the socket here, once for each group.
    func sendSync() -> Bool {
        unsafe PQpipelineSync(pointer) == 1
    }

    func flush() -> Flushed {
        switch unsafe PQflush(pointer) {
        case 0: .all
        case 1: .partly
        default: .failed
        }
    }

    /// Takes what the socket has. False when the connection broke; results that came before can still be taken.
    /// `notified` gets the channel and the payload of each notification.
    func consumeInput(_ notified: (String, String) -> Void = { _, _ in }) -> Bool {
        var isOpen = true
        repeat {
            isOpen = unsafe PQconsumeInput(pointer) == 1
        } while unsafe isOpen && switchboard_pg_tls_pending(pointer) > 0
        while let notification = unsafe PQnotifies(pointer) {
            unsafe notified(String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
            unsafe PQfreemem(notification)
        }
        return isOpen
    }

    /// Whether `takeResult` would have to wait.
    var isBusy: Bool { unsafe PQisBusy(pointer) == 1 }

    enum Result {
        case rows(ResultSet)
        /// Rows that nobody keeps.
        case done
        case failure(ServerReport)
        case skipped
        case sync
        case null
        /// COPY has begun, which a pipeline must not contain.
        case copy(CopyDirection)
        case unexpected
    }

    func takeResult(keepingRows: Bool = true) -> Result {
        guard let result = unsafe PQgetResult(pointer) else { return .null }
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard keepingRows else {
                unsafe PQclear(result)
                return .done
            }
            return .rows(unsafe ResultSet(owning: result))
        case PGRES_FATAL_ERROR:
            defer { unsafe PQclear(result) }
            return .failure(unsafe ServerReport(of: result))
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
            return .skipped
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            return .sync
        case PGRES_COPY_IN:
            unsafe PQclear(result)
            return .copy(.into)
        case PGRES_COPY_OUT:
            unsafe PQclear(result)
            return .copy(.out)
        default:
            unsafe PQclear(result)
            return .unexpected
        }
    }

    // MARK: One statement at a time

    /// Runs text that may hold several statements and waits: for migrations, on a thread that may block.
    @discardableResult
    func executeScript(_ text: String) throws(PostgresError) -> ResultSet {
        guard let result = unsafe PQexec(pointer, text) else { throw .connectionLost(lastError) }
        switch unsafe PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return unsafe ResultSet(owning: result)
        default:
            defer { unsafe PQclear(result) }
            let report = unsafe ServerReport(of: result)
            if report.sqlstate.isEmpty { throw .connectionLost(lastError) }
            throw PostgresError(serverReport: report)
        }
    }

    /// Runs one statement with its values and waits.
    @discardableResult
    func execute(_ statement: SQL) throws(PostgresError) -> ResultSet {
        guard send(statement, preparedAs: nil) else { throw .connectionLost(lastError) }
        var outcome: ResultSet?
        var failure: PostgresError?
        while true {
            switch takeResult() {
            case .rows(let rows): outcome = rows
            case .failure(let report):
                failure = failure ?? (report.sqlstate.isEmpty ? .connectionLost(lastError) : PostgresError(serverReport: report))
            case .null:
                if let failure { throw failure }
                guard let outcome else { throw .connectionLost(lastError) }
                return outcome
            case .done, .skipped, .sync, .copy, .unexpected:
                failure = failure ?? .connectionLost("libpq gave a result that does not belong to a single statement")
                if isBroken { throw .connectionLost(lastError) }
            }
        }
    }
}

extension PostgresError {
    static func connectionLost(_ report: String) -> PostgresError {
        PostgresError(.connectionLost, SQLState.message(for: .connectionLost, constraint: nil, column: nil), report: report)
    }

    static func unavailable(_ report: String?) -> PostgresError {
        PostgresError(.unavailable, SQLState.message(for: .unavailable, constraint: nil, column: nil), report: report)
    }
}

extension ServerReport {
    /// Reads the fields of a failed result; an empty `sqlstate` means that libpq made it, not the server.
    fileprivate init(of result: OpaquePointer) {
        func field(_ code: switchboard_pg_field) -> String? {
            unsafe PQresultErrorField(result, Int32(code.rawValue)).map { unsafe String(cString: $0) }
        }
        self.init(sqlstate: field(SWITCHBOARD_PG_SQLSTATE) ?? "")
        severity = field(SWITCHBOARD_PG_SEVERITY) ?? "ERROR"
        if let primary = field(SWITCHBOARD_PG_MESSAGE) {
            message = primary
        } else {
            message = unsafe String(cString: PQresultErrorMessage(result)).trimmed
        }
        detail = field(SWITCHBOARD_PG_DETAIL)
        hint = field(SWITCHBOARD_PG_HINT)
        table = field(SWITCHBOARD_PG_TABLE)
        column = field(SWITCHBOARD_PG_COLUMN)
        constraint = field(SWITCHBOARD_PG_CONSTRAINT)
        sourceFunction = field(SWITCHBOARD_PG_SOURCE_FUNCTION)
    }
}

/// Where notices go; libpq holds its address.
private final class NoticeSink: Sendable {
    let log: (@Sendable (String) -> Void)?

    init(log: (@Sendable (String) -> Void)?) {
        self.log = log
    }
}

extension String {
    /// Without the line break that libpq puts after its messages.
    fileprivate var trimmed: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
