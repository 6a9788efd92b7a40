internal import Console
internal import Net
internal import Platform
internal import Postgres

/// `switchboard key-ring new | add | use | show | rewrap | retire`: the keys that seal secrets in the database, one file of them.
struct KeyRingCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words, options: ["--config"])
    }

    func run() async throws {
        let operands = arguments.operands
        switch (operands.first, operands.count) {
        case ("new", 3): try make(operands[1], operands[2])
        case ("add", 3): try change(operands[1]) { (ring) throws(SecretError) in try ring.add(operands[2]) }
        case ("use", 3): try change(operands[1]) { (ring) throws(SecretError) in try ring.makePrimary(operands[2]) }
        case ("show", 2): show(try SecretFile.keyRing(operands[1]))
        case ("rewrap", 1): try await rewrap()
        case ("retire", 2): try await retire(operands[1])
        default:
            throw UsageError(
                "`key-ring` is followed by `new`, `add` or `use`, a file and a key's id; by `show` and a file; by `rewrap` and --config; or by `retire`, a key's id and --config."
            )
        }
    }

    /// Has the primary key seal what others have sealed, while servers read and write it.
    private func rewrap() async throws {
        let (path, settings) = try ring()
        let text = try SecretFile.keyRing(path)
        let outcome = try await withDatabase(settings) { try await Rewrap($0, KeyRing(text)).run() }
        let values = outcome.rewrapped == 1 ? "One value is" : "\(outcome.rewrapped) values are"
        Screen.show("\(values) sealed with \(text.primaryID ?? "") now.")
        guard outcome.broken.isEmpty else {
            throw Failure(
                "These cannot be opened, and were left as they are:\n\(outcome.broken.map(\.description).joined(separator: "\n"))")
        }
    }

    private func retire(_ id: String) async throws {
        let (path, settings) = try ring()
        let uses = try await withDatabase(settings) { try await Rewrap.keysInUse($0) }
        if let count = uses[id], count > 0 {
            let values = count == 1 ? "one value" : "\(count) values"
            throw Failure("\(values) in the database would be lost with the key \"\(id)\": run `switchboard key-ring rewrap` first.")
        }
        try change(path) { (ring) throws(SecretError) in try ring.retire(id) }
    }

    private func ring() throws -> (path: String, Settings) {
        guard let config = arguments["--config"] else { throw UsageError("Say with --config which configuration names ring and database.") }
        let settings = try ConfigurationFile.settings(config)
        guard let path = settings.keyRingFile else { throw Failure("\(config): secrets.keyRingFile is missing.") }
        return (path, settings)
    }

    private func withDatabase<Value>(_ settings: Settings, _ body: (Database) async throws -> Value) async throws -> Value {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(try settings.server.database(), loops: loops.loops)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(database))
        } catch {
            result = .failure(error)
        }
        await database.shutdown()
        loops.shutdown()
        return try result.get()
    }

    private func make(_ path: String, _ id: String) throws {
        guard !Files.exists(path) else { throw Failure("\(path) is already there: without it what it has sealed is lost.") }
        let ring = try KeyRingText(firstKey: id)
        try Files.write(ring.text, to: path, mode: 0o600)
        show(ring)
    }

    private func change(_ path: String, _ change: (inout KeyRingText) throws(SecretError) -> Void) throws {
        var ring = try SecretFile.keyRing(path)
        try change(&ring)
        try Files.write(ring.text, to: path, mode: 0o600)
        show(ring)
    }

    private func show(_ ring: KeyRingText) {
        for key in ring.keys { Screen.show("\(key.id) \(key.use)") }
    }
}
