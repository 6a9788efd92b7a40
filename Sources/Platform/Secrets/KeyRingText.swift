internal import Crypto

/// The keys that seal secrets in the database, as the lines of a file: `<id> primary|opening <base64 of 32 bytes>`, or `<id> retired`.
///
/// One key is primary: it seals, and opens what it has sealed. Others only open, until nothing is left that they have sealed. Of a retired
/// key only the name is left, so that no other key ever gets it.
public struct KeyRingText: Sendable {
    public struct Key: Sendable {
        public let id: String
        public let use: Use
    }

    public enum Use: Sendable, Hashable {
        case primary, opening, retired
    }

    struct Line: Sendable {
        var id: String
        var use: Use
        /// 32 bytes; none of a retired key.
        var secret: [UInt8]
    }

    private(set) var lines: [Line]

    /// A new ring with one key, which is primary.
    public init(firstKey id: String) throws(SecretError) {
        lines = []
        try add(id)
        try makePrimary(id)
    }

    /// - Throws: the first line that is wrong, by its number and without what stands in it.
    public init(parsing text: String) throws(SecretError) {
        lines = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ")
            if words.isEmpty || line.hasPrefix("#") { continue }
            guard lines.count < Limits.ringKeys else { throw .keyRing("A key ring has at most \(Limits.ringKeys) keys.") }
            let id = String(words[0])
            guard Label.isValid(id), !lines.contains(where: { $0.id == id }) else {
                throw .keyRing("Line \(index + 1) of the key ring has no id of its own of lower-case letters, digits and hyphens.")
            }
            switch (words.dropFirst().first, words.count) {
            case ("retired", 2): lines.append(Line(id: id, use: .retired, secret: []))
            case ("primary", 3), ("opening", 3):
                guard let secret = Base64.decode(String(words[2]), padding: .required), secret.count == AESGCM.keyByteCount else {
                    throw .keyRing("The key \"\(id)\" of the key ring is not the base64 of 32 bytes.")
                }
                lines.append(Line(id: id, use: words[1] == "primary" ? .primary : .opening, secret: secret))
            default:
                throw .keyRing("Line \(index + 1) of the key ring is not `<id> primary|opening <base64>` or `<id> retired`.")
            }
        }
        guard lines.count(where: { $0.use == .primary }) == 1 else {
            throw .keyRing("A key ring has one primary key, neither none nor two.")
        }
    }

    public var keys: [Key] { lines.map { Key(id: $0.id, use: $0.use) } }

    public var primaryID: String? { lines.first { $0.use == .primary }?.id }

    /// A new random key, for opening only: every server knows it before one seals with it.
    public mutating func add(_ id: String) throws(SecretError) {
        guard Label.isValid(id) else {
            throw .keyRing("A key's id has 1 to \(Limits.labelBytes) lower-case letters, digits and hyphens, such as 2026-11.")
        }
        guard !lines.contains(where: { $0.id == id }) else { throw .keyRing("The ring has, or had, a key \"\(id)\": choose another id.") }
        guard lines.count < Limits.ringKeys else { throw .keyRing("A key ring has at most \(Limits.ringKeys) keys.") }
        lines.append(Line(id: id, use: .opening, secret: SecureRandom.bytes(AESGCM.keyByteCount)))
    }

    /// From now on this key seals; the one that did only opens.
    public mutating func makePrimary(_ id: String) throws(SecretError) {
        let index = try index(id)
        for other in lines.indices where lines[other].use == .primary { lines[other].use = .opening }
        lines[index].use = .primary
    }

    /// Forgets a key. What it has sealed can never be opened again: only who has looked for that may call this.
    public mutating func retire(_ id: String) throws(SecretError) {
        let index = try index(id)
        guard lines[index].use != .primary else { throw .keyRing("The key \"\(id)\" is primary: make another one primary first.") }
        lines[index] = Line(id: id, use: .retired, secret: [])
    }

    private func index(_ id: String) throws(SecretError) -> Int {
        guard let index = lines.firstIndex(where: { $0.id == id }) else { throw .keyRing("The ring has no key \"\(id)\".") }
        guard lines[index].use != .retired else { throw .keyRing("The key \"\(id)\" is retired: its bytes are gone.") }
        return index
    }

    /// As a file has it. It holds the keys: write it with mode 0600.
    public var text: String {
        let head = "# What seals Switchboard's secrets in its database. Keep a copy, apart from the database's.\n"
        return lines.reduce(into: head) { text, line in
            switch line.use {
            case .primary: text += "\(line.id) primary \(Base64.encode(line.secret, padded: true))\n"
            case .opening: text += "\(line.id) opening \(Base64.encode(line.secret, padded: true))\n"
            case .retired: text += "\(line.id) retired\n"
            }
        }
    }
}
