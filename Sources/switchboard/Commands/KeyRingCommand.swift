internal import Console
internal import Platform
internal import Postgres

/// `switchboard key-ring new | add | use | retire | show FILE`: the keys that seal secrets in the database, one file of them.
struct KeyRingCommand {
    private let arguments: Arguments

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words, options: [])
    }

    func run() throws {
        let operands = arguments.operands
        switch (operands.first, operands.count) {
        case ("new", 3): try make(operands[1], operands[2])
        case ("add", 3): try change(operands[1]) { (ring) throws(SecretError) in try ring.add(operands[2]) }
        case ("use", 3): try change(operands[1]) { (ring) throws(SecretError) in try ring.makePrimary(operands[2]) }
        case ("show", 2): show(try SecretFile.keyRing(operands[1]))
        default:
            throw UsageError("`key-ring` is followed by `new`, `add` or `use`, a file and a key's id, or by `show` and a file.")
        }
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
