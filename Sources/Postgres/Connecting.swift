internal import CPostgres
internal import Glibc
internal import Net

extension Session {
    /// Connects and waits for it: name resolution, SCRAM and TLS block, so this belongs on a thread that may.
    static func connect(_ configuration: Database.Configuration) throws(PostgresError) -> Session {
        let deadline = MonotonicTime.now() + configuration.connectTimeout
        var parameters: [(name: String, value: String)] = [
            // libpq expands a connection string that stands for the database's name; what follows overrides it.
            ("dbname", configuration.connection),
            ("application_name", configuration.applicationName),
            ("client_encoding", "UTF8"),
            ("gssencmode", "disable"),
        ]
        if let password = configuration.password { parameters.append(("password", password)) }
        guard let pointer = unsafe start(parameters) else { throw .unavailable("libpq is out of memory") }
        let session = unsafe Session(owning: pointer, log: configuration.log)
        guard unsafe PQstatus(pointer) != CONNECTION_BAD else { throw .unavailable(session.lastError) }
        // The manual (section 34.1) demands to begin as if the last poll had said "writing".
        var polled = PGRES_POLLING_WRITING
        while true {
            switch polled {
            case PGRES_POLLING_OK:
                return session
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
                // The socket may be another one after each poll.
                let events = polled == PGRES_POLLING_READING ? POLLIN : POLLOUT
                guard wait(for: session.descriptor, events: Int16(events), until: deadline) else {
                    throw .unavailable("the server did not answer within \(configuration.connectTimeout)")
                }
            default:
                throw .unavailable(session.lastError)
            }
            polled = unsafe PQconnectPoll(pointer)
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
