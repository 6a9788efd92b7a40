internal import ConfigAPI
internal import Net
internal import Protobuf
internal import StandardTypes

/// The rules of a configuration. Each check gives a value to go on with and notes what is wrong, so that one run finds all of it.
struct ConfigurationChecks {
    let folder: String
    let credentialFolder: String?
    private(set) var problems: [ConfigurationError.Problem] = []

    init(folder: String, credentialFolder: String?) {
        self.folder = folder
        self.credentialFolder = credentialFolder
    }

    mutating func address(_ listen: Config.Listen) -> SocketAddress {
        let text = listen.address.isEmpty ? "127.0.0.1" : listen.address
        let port = UInt16(exactly: listen.port ?? UInt32(Settings.defaultPort))
        if port == nil { note("listen.port", "A port is a number from 0 to 65535.") }
        do throws(NetError) {
            return try SocketAddress(ip: text, port: port ?? 0)
        } catch {
            note("listen.address", "\"\(text)\" is not an IP address of this machine, such as 127.0.0.1 or ::.")
            return .ipv4([127, 0, 0, 1], port: 0)
        }
    }

    mutating func text(_ value: String, _ field: String) -> String {
        if value.isEmpty { note(field, "It is required.") }
        return value
    }

    mutating func path(_ value: String, _ field: String) -> String {
        optionalPath(text(value, field), field) ?? ""
    }

    mutating func paths(_ values: [String], _ field: String, atMost limit: Int) -> [String] {
        if values.count > limit { note(field, "It has at most \(limit) files.") }
        return values.enumerated().map { index, value in path(value, "\(field)[\(index)]") }
    }

    mutating func optionalPath(_ value: String, _ field: String) -> String? {
        if value.isEmpty { return nil }
        guard value.hasPrefix("credential:") else { return value.hasPrefix("/") ? value : "\(folder)/\(value)" }
        let name = value.dropFirst("credential:".count)
        guard let credentialFolder else {
            note(field, "There are no credentials: systemd hands them over where the unit has LoadCredential=\(name):FILE.")
            return nil
        }
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
            note(field, "A credential has a name like app-password, not \"\(name)\".")
            return nil
        }
        return "\(credentialFolder)/\(name)"
    }

    mutating func serviceURIs(_ values: [String], _ field: String, of trustDomain: String, atMost limit: Int) -> [ServiceIdentity] {
        if values.count > limit { note(field, "It has at most \(limit) services.") }
        return values.enumerated().compactMap { index, value in
            if let service = try? ServiceIdentity(sanURIs: [value], trustDomain: trustDomain) { return service }
            note("\(field)[\(index)]", "\"\(value)\" is no service of the trust domain: spiffe://\(trustDomain)/svc/<name>.")
            return nil
        }
    }

    mutating func ranges(_ values: [String], _ field: String, atMost limit: Int) -> [AddressRange] {
        if values.count > limit { note(field, "It has at most \(limit) ranges.") }
        return values.enumerated().compactMap { index, value in
            do throws(NetError) {
                return try AddressRange(value)
            } catch {
                note("\(field)[\(index)]", "\"\(value)\" is no address and no range of addresses such as 10.0.0.0/8.")
                return nil
            }
        }
    }

    /// At most `limit`; 0 is the default.
    mutating func number(_ value: UInt32, _ field: String, atMost limit: Int, default fallback: Int) -> Int {
        guard value <= limit else {
            note(field, "It is at most \(limit).")
            return fallback
        }
        return value == 0 ? fallback : Int(value)
    }

    mutating func duration(
        _ value: StandardTypes.Duration?, _ field: String, atMost limit: Swift.Duration, default fallback: Swift.Duration
    ) -> Swift.Duration {
        guard let value else { return fallback }
        guard (0...limit.components.seconds).contains(value.seconds), (0..<1_000_000_000).contains(value.nanos) else {
            note(field, "It is from 0s to \(limit.components.seconds)s.")
            return fallback
        }
        return .seconds(value.seconds) + .nanoseconds(value.nanos)
    }

    mutating func trustDomain(_ value: String, _ field: String) -> String {
        let labels = text(value, field).split(separator: ".", omittingEmptySubsequences: false)
        if !value.isEmpty, value.utf8.count > 255 || !labels.allSatisfy(Label.isValid) {
            note(field, "It is a name like prod.example.com, in lower case.")
        }
        return value
    }

    mutating func tokenKeys(_ keys: [Config.TokenKey]) -> [Settings.TokenKeyFile] {
        if keys.isEmpty { note("identity.tokenKeys", "It needs at least one key, or no token could be verified.") }
        if keys.count > 16 { note("identity.tokenKeys", "It has at most 16 keys.") }
        var seen: Set<String> = []
        return keys.enumerated().map { index, key in
            let field = "identity.tokenKeys[\(index)]"
            let id = text(key.id, "\(field).id")
            if id.utf8.count > Limits.keyIDBytes { note("\(field).id", "It has at most \(Limits.keyIDBytes) bytes.") }
            if !seen.insert(id).inserted { note("\(field).id", "Another key has the same id.") }
            return Settings.TokenKeyFile(id: id, path: path(key.publicKeyFile, "\(field).publicKeyFile"))
        }
    }

    mutating func queues(_ jobs: Config.Jobs) -> [JobQueue]? {
        if jobs.queues.isEmpty { return nil }
        if jobs.queues.count > Limits.queues { note("jobs.queues", "It has at most \(Limits.queues) queues.") }
        var seen: Set<String> = []
        return jobs.queues.enumerated().map { index, queue in
            let field = "jobs.queues[\(index)]"
            let name = text(queue.name, "\(field).name")
            if !name.isEmpty, !JobQueue.isName(name) {
                note("\(field).name", "It has 1 to 64 lower-case letters, digits, _, - and dots.")
            }
            if !seen.insert(name).inserted { note("\(field).name", "Another queue has the same name.") }
            let concurrency = number(queue.concurrency, "\(field).concurrency", atMost: 10_000, default: JobQueue.defaultConcurrency)
            return JobQueue(
                name, concurrency: concurrency, cap: queue.cap == 0 ? nil : Int(queue.cap),
                tenantCap: queue.tenantCap == 0 ? nil : Int(queue.tenantCap))
        }
    }

    /// A connection string is shown in logs and copied into tickets: a password does not belong there.
    mutating func connection(_ value: String, _ field: String) -> String {
        let lowercased = text(value, field).lowercased()
        let isURI = lowercased.hasPrefix("postgres://") || lowercased.hasPrefix("postgresql://")
        let userInformation = isURI ? lowercased.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" && $0 != "?" } : ""
        if lowercased.filter({ $0 != " " }).contains("password=")
            || userInformation.split(separator: "@").first?.contains(":") == true
                && userInformation.contains("@")
        {
            note(field, "It holds a password: put that into a file and name the file in passwordFile.")
        }
        return value
    }

    mutating func note(_ field: String, _ sentence: String) {
        problems.append(ConfigurationError.Problem(field, sentence))
    }
}
