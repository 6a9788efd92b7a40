public import RPC

/// Why a secret cannot be had, kept or opened, as a sentence that says what to do. None holds a byte of a secret.
public enum SecretError: Error, Hashable, Sendable {
    /// A file that cannot be read, or that somebody else could read, too.
    case file(String)
    /// A key ring that does not hold together.
    case keyRing(String)
    /// There is no key to seal with.
    case noPrimaryKey
    /// What is to be sealed has more bytes than a secret has.
    case tooLong(bytes: Int)
    /// What was sealed was changed, belongs elsewhere, or its key is not in the ring.
    case cannotOpen(SealedPlace, keyID: String?)
}

extension SecretError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let sentence), .keyRing(let sentence): sentence
        case .noPrimaryKey:
            "There is no key to seal secrets with: make a ring with `switchboard key-ring new` and name it as keyRingFile."
        case .tooLong(let bytes): "A secret of \(bytes) bytes is not sealed: it has at most \(Limits.sealedBytes)."
        case .cannotOpen(let place, let keyID):
            "The sealed value of \(place) cannot be opened with key \(keyID.map { "\"\($0)\"" } ?? "that it does not name"): "
                + "it was changed, stood elsewhere, or its key is not in the ring."
        }
    }
}

extension SecretError: RPCErrorConvertible {
    /// Why something cannot be opened is nobody's business outside: it would tell a forger how far he has come.
    public var rpcError: RPCError {
        switch self {
        case .cannotOpen: RPCError(reason: .aeadFailed, "A secret that is needed here cannot be opened.")
        case .noPrimaryKey, .file, .keyRing:
            RPCError(reason: .keyRingMissing, "This server has no key to seal secrets with.")
        case .tooLong: RPCError(reason: .fieldViolation, "The secret is too long.")
        }
    }
}
