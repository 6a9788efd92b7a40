internal import CPostgres
internal import Glibc
internal import Net

/// The hosts of a connection string, one after the other. libpq goes through them by itself, but not past one that never answers: its
/// timeouts do not hold when the caller does the waiting (section 34.1 of PostgreSQL's manual). Each has its share of the time that is left.
///
/// Pure but for reading the connection string by libpq's own rules.
struct ConnectAttempts {
    struct Attempt {
        /// What the connection string is overridden with.
        var parameters: [(name: String, value: String)]
        var deadline: MonotonicTime
    }

    private var rest: [[(name: String, value: String)]]
    private let timeout: Duration
    private var deadline: MonotonicTime?
    private var errors: [PostgresError] = []

    init(_ configuration: Database.Configuration) {
        timeout = configuration.connectTimeout
        rest = Self.hosts(ConnectionParameters(configuration.connection))
    }

    mutating func next(at now: MonotonicTime) -> Attempt? {
        guard !rest.isEmpty else { return nil }
        let end = deadline ?? now + timeout
        deadline = end
        let share = (end - now).wholeNanoseconds / Int64(rest.count)
        return Attempt(parameters: rest.removeFirst(), deadline: now + .nanoseconds(share))
    }

    mutating func failed(_ error: PostgresError) {
        errors.append(error)
    }

    var error: PostgresError {
        .unavailable(errors.compactMap(\.report).joined(separator: "; then "))
    }

    /// One list of overrides for each host; `prefer-standby` asks all for a standby first, then all for anything.
    static func hosts(_ parameters: ConnectionParameters) -> [[(name: String, value: String)]] {
        let (hosts, addresses, ports) = (parameters.list("host"), parameters.list("hostaddr"), parameters.list("port"))
        let count = max(hosts.count, addresses.count)
        // Lists of different lengths are for libpq to complain about.
        guard count > 1, hosts.isEmpty || hosts.count == count, addresses.isEmpty || addresses.count == count,
            ports.count <= 1 || ports.count == count
        else { return [[]] }
        let single = (0..<count).map { index in
            var overrides: [(name: String, value: String)] = []
            if !hosts.isEmpty { overrides.append(("host", hosts[index])) }
            if !addresses.isEmpty { overrides.append(("hostaddr", addresses[index])) }
            if ports.count > 1 { overrides.append(("port", ports[index])) }
            return overrides
        }
        guard parameters["target_session_attrs"] == "prefer-standby" else { return single }
        return single.map { $0 + [("target_session_attrs", "standby")] } + single.map { $0 + [("target_session_attrs", "any")] }
    }
}

/// A connection string or URI, read by libpq.
struct ConnectionParameters {
    private var values: [String: String] = [:]

    /// One that libpq cannot read has no parameters here; connecting with it gives libpq's error.
    init(_ text: String) {
        guard let options = unsafe PQconninfoParse(text, nil) else { return }
        defer { unsafe PQconninfoFree(options) }
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val { unsafe values[String(cString: keyword)] = String(cString: value) }
            unsafe option += 1
        }
    }

    subscript(_ keyword: String) -> String? { values[keyword] }

    func list(_ keyword: String) -> [String] {
        guard let value = values[keyword], !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
