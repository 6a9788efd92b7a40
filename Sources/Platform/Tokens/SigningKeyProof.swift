internal import Crypto

/// Shows that a row of `signing_key` was written by a server of this deployment: a MAC over what makes the key, by a key of the servers' secret.
/// Whoever can write rows, and nothing else, can plant no key that tokens are verified with.
///
/// It is not the key ring's: servers without one verify tokens, too.
public struct SigningKeyProof: Sendable {
    private let key: HMACSHA256

    public init(_ secret: ServerSecret) {
        key = HMACSHA256(key: secret.key(for: "switchboard signing key 1"))
    }

    /// 32 bytes.
    /// - Parameter publicKey: in PEM, as the row has it.
    func proof(of name: KeyName, algorithm: String, publicKey: String) -> [UInt8] {
        var message: [UInt8] = []
        for part in [name.issuer, name.keyID, algorithm, publicKey] {
            // Where a part ends is said, or two rows could have one message.
            let bytes = Array(part.utf8)
            message += length(bytes.count) + bytes
        }
        return key.authenticate(message)
    }

    func holds(_ proof: [UInt8]?, of name: KeyName, algorithm: String, publicKey: String) -> Bool {
        guard let proof else { return false }
        return constantTimeEquals(proof, self.proof(of: name, algorithm: algorithm, publicKey: publicKey))
    }

    private func length(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * (3 - $0))) }
    }
}
