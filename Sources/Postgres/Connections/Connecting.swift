internal import CPostgres
internal import Glibc
internal import Net

extension Session {
    /// What a connection that is being opened waits for.
    enum Handshake {
        case readable
        case writable
        case done
    }

    /// Threads for what connects do without waiting for the server: look names up, compute SCRAM's hashes. They are no others', so that a
    /// name server that hangs holds up connects alone.
    private static let connects = BlockingPool()

    /// Connects to the first host that will have us. Threads look up names and compute; waiting for the server is done by the loop, so
    /// that one that never answers costs nothing but a descriptor.
    static func connect(_ configuration: Database.Configuration, on loop: EventLoop) async throws(PostgresError) -> Session {
        var attempts = ConnectAttempts(configuration)
        while let attempt = attempts.next(at: .now()) {
            var passwords = PasswordAttempts(configuration.password)
            while true {
                do throws(PostgresError) {
                    let session = try await connect(configuration, attempt, passwords.current, on: loop)
                    passwords.accepted()
                    return session
                } catch {
                    if error.sqlstate == SQLState.invalidPassword, try await isWorthAnother(&passwords) { continue }
                    attempts.failed(error)
                    break
                }
            }
        }
        throw attempts.error
    }

    private static func isWorthAnother(_ passwords: inout PasswordAttempts) async throws(PostgresError) -> Bool {
        try await blocking(on: connects) { [passwords] () throws(PostgresError) in passwords.refresh() }
        return passwords.advance()
    }

    private static func connect(
        _ configuration: Database.Configuration, _ attempt: ConnectAttempts.Attempt, _ password: String?, on loop: EventLoop
    ) async throws(PostgresError) -> Session {
        let session = try await blocking(on: connects) { () throws(PostgresError) in
            try begin(configuration, password, attempt.parameters)
        }
        // The manual (section 34.1) demands to begin as if the last poll had said "writing".
        var step = Handshake.writable
        while step != .done {
            // The socket may be another one after each poll.
            let descriptor = session.descriptor
            let interest: Interest = step == .readable ? .read : .write
            guard await loop.wait(for: descriptor, interest, until: attempt.deadline) else { throw .connectTimeout }
            step = try await blocking(on: connects) { () throws(PostgresError) in try session.advance() }
        }
        return session
    }

    /// The same for who may block, on a thread that may: migrations and what an administrator does, which belong to a session.
    static func connect(_ configuration: Database.Configuration) throws(PostgresError) -> Session {
        var attempts = ConnectAttempts(configuration.direct)
        while let attempt = attempts.next(at: .now()) {
            var passwords = PasswordAttempts(configuration.password)
            while true {
                do throws(PostgresError) {
                    let session = try connect(configuration.direct, attempt, passwords.current)
                    passwords.accepted()
                    return session
                } catch {
                    if error.sqlstate == SQLState.invalidPassword {
                        passwords.refresh()
                        if passwords.advance() { continue }
                    }
                    attempts.failed(error)
                    break
                }
            }
        }
        throw attempts.error
    }

    private static func connect(
        _ configuration: Database.Configuration, _ attempt: ConnectAttempts.Attempt, _ password: String?
    ) throws(PostgresError) -> Session {
        let session = try begin(configuration, password, attempt.parameters)
        var step = Handshake.writable
        while step != .done {
            let events = step == .readable ? POLLIN : POLLOUT
            guard wait(for: session.descriptor, events: Int16(events), until: attempt.deadline) else { throw .connectTimeout }
            step = try session.advance()
        }
        return session
    }

    private static func begin(
        _ configuration: Database.Configuration, _ password: String?, _ overrides: [(name: String, value: String)]
    ) throws(PostgresError) -> Session {
        var parameters: [(name: String, value: String)] = [
            // The connection string, which comes after these, may say otherwise: a server that is gone is noticed within a minute.
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            // libpq expands a connection string that stands for the database's name; what follows overrides it.
            ("dbname", configuration.connection),
            ("application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
            ("gssencmode", "disable"),
        ]
        if let password { parameters.append(("password", password)) }
        parameters += overrides
        guard let pointer = unsafe start(parameters) else { throw .unavailable("libpq is out of memory") }
        let session = unsafe Session(owning: pointer, log: configuration.log)
        guard unsafe PQstatus(pointer) != CONNECTION_BAD else { throw .unavailable(session.lastError) }
        // Of a connection that is refused libpq 15 gives no SQLSTATE but in its text, and there only if asked.
        unsafe PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        return session
    }

    private func advance() throws(PostgresError) -> Handshake {
        switch unsafe PQconnectPoll(pointer) {
        case PGRES_POLLING_OK:
            unsafe PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
            return .done
        case PGRES_POLLING_READING: return .readable
        case PGRES_POLLING_WRITING: return .writable
        default:
            var error = PostgresError.unavailable(lastError)
            if lastError.contains("\(SQLState.invalidPassword): ") { error.sqlstate = SQLState.invalidPassword }
            throw error
        }
    }

    private static func start(_ parameters: [(name: String, value: String)]) -> OpaquePointer? {
        var names: [UnsafeMutablePointer<CChar>?] = unsafe parameters.map { unsafe strdup($0.name) }
        var values: [UnsafeMutablePointer<CChar>?] = unsafe parameters.map { unsafe strdup($0.value) }
        defer {
            for index in unsafe names.indices { unsafe free(names[index]) }
            for index in unsafe values.indices { unsafe free(values[index]) }
        }
        unsafe names.append(nil)
        unsafe values.append(nil)
        return unsafe names.withUnsafeBufferPointer { names in
            unsafe values.withUnsafeBufferPointer { values in
                unsafe names.withMemoryRebound(to: UnsafePointer<CChar>?.self) { names in
                    unsafe values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        unsafe PQconnectStartParams(names.baseAddress, values.baseAddress, 1)
                    }
                }
            }
        }
    }

    private static func wait(for descriptor: Int32, events: Int16, until deadline: MonotonicTime) -> Bool {
        while true {
            let left = (deadline - MonotonicTime.now()).wholeNanoseconds
            guard left > 0 else { return false }
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let ready = unsafe poll(&entry, 1, Int32(clamping: left / 1_000_000 + 1))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return false }
        }
    }
}

extension PostgresError {
    fileprivate static var connectTimeout: PostgresError { .unavailable("the server did not answer in time") }
}
