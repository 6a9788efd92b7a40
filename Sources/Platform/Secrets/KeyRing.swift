internal import Crypto
internal import Synchronization

/// Seals secrets for the database, and opens them: AES-256-GCM under a data key of each value's own, which a key of the ring wraps.
///
///     let sealed = try ring.seal(privateKey, as: SealedPlace(tenant: "acme", kind: "oauth.token", id: row.id))
///     let opened = try ring.open(sealed, at: SealedPlace(tenant: "acme", kind: "oauth.token", id: row.id))
///
/// All loops share it. It may get other keys while it is in use: nothing that is being sealed or opened minds.
public final class KeyRing: Sendable {
    private struct Keys: Sendable {
        var primaryID: String?
        var wrapping: [String: AESGCM] = [:]
        var text: [KeyRingText.Key] = []
    }

    private let keys: Mutex<Keys>

    /// Without a text it has no key: nothing can be sealed, and nothing that was.
    public init(_ text: KeyRingText? = nil) {
        keys = Mutex(Self.keys(text))
    }

    public func replace(with text: KeyRingText?) {
        let new = Self.keys(text)
        keys.withLock { $0 = new }
    }

    /// The keys' names, and what each is good for.
    public var contents: [KeyRingText.Key] { keys.withLock { $0.text } }

    /// The key that seals.
    public var primaryID: String? { keys.withLock { $0.primaryID } }

    /// Other bytes each time, at most some 150 more than there are in `plaintext`.
    ///
    /// - Throws: `noPrimaryKey`, `tooLong`.
    public func seal(_ plaintext: [UInt8], as place: SealedPlace) throws(SecretError) -> [UInt8] {
        guard plaintext.count <= Limits.sealedBytes else { throw .tooLong(bytes: plaintext.count) }
        let (keyID, wrapping) = try primary()
        let dataKey = SecureRandom.bytes(AESGCM.keyByteCount)
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        do throws(CryptoError) {
            let payload = nonce + (try AESGCM(key: dataKey).seal(plaintext, nonce: nonce, context: place.context(Self.valueUse)))
            return try Self.wrap(dataKey, with: wrapping, keyID, at: place, payload).bytes
        } catch {
            throw .cannotOpen(place, keyID: keyID)
        }
    }

    /// - Throws: `cannotOpen`, whatever it is that differs.
    public func open(_ sealed: [UInt8], at place: SealedPlace) throws(SecretError) -> [UInt8] {
        let (value, dataKey) = try unwrapped(sealed, at: place)
        let nonce = Array(value.payload.prefix(AESGCM.nonceByteCount))
        do throws(CryptoError) {
            let ciphertext = Array(value.payload.dropFirst(AESGCM.nonceByteCount))
            return try AESGCM(key: dataKey).open(ciphertext, nonce: nonce, context: place.context(Self.valueUse))
        } catch {
            throw .cannotOpen(place, keyID: value.keyID)
        }
    }

    /// The same value, its data key wrapped by the primary key; nil when it is already. The value itself is not opened.
    public func rewrap(_ sealed: [UInt8], at place: SealedPlace) throws(SecretError) -> [UInt8]? {
        let (keyID, wrapping) = try primary()
        let (value, dataKey) = try unwrapped(sealed, at: place)
        if value.keyID == keyID { return nil }
        do throws(CryptoError) {
            return try Self.wrap(dataKey, with: wrapping, keyID, at: place, value.payload).bytes
        } catch {
            throw .cannotOpen(place, keyID: keyID)
        }
    }

    private func primary() throws(SecretError) -> (String, AESGCM) {
        let found = keys.withLock { keys in keys.primaryID.flatMap { id in keys.wrapping[id].map { (id, $0) } } }
        guard let found else { throw .noPrimaryKey }
        return found
    }

    private func unwrapped(_ sealed: [UInt8], at place: SealedPlace) throws(SecretError) -> (SealedValue, dataKey: [UInt8]) {
        guard let value = SealedValue(sealed) else { throw .cannotOpen(place, keyID: nil) }
        guard let wrapping = keys.withLock({ $0.wrapping[value.keyID] }) else { throw .cannotOpen(place, keyID: value.keyID) }
        do throws(CryptoError) {
            let context = place.context(Self.keyUse, keyID: value.keyID)
            return (value, try wrapping.open(value.wrappedKey, nonce: value.wrapNonce, context: context))
        } catch {
            throw .cannotOpen(place, keyID: value.keyID)
        }
    }

    private static func wrap(
        _ dataKey: [UInt8], with wrapping: AESGCM, _ keyID: String, at place: SealedPlace, _ payload: [UInt8]
    ) throws(CryptoError) -> SealedValue {
        let nonce = SecureRandom.bytes(AESGCM.nonceByteCount)
        let wrapped = try wrapping.seal(dataKey, nonce: nonce, context: place.context(keyUse, keyID: keyID))
        return SealedValue(keyID: keyID, wrapNonce: nonce, wrappedKey: wrapped, payload: payload)
    }

    private static func keys(_ text: KeyRingText?) -> Keys {
        var keys = Keys(primaryID: text?.primaryID, text: text?.keys ?? [])
        for line in text?.lines ?? [] {
            // A line has 32 bytes or is retired, as its text was read.
            keys.wrapping[line.id] = try? AESGCM(key: line.secret)
        }
        return keys
    }

    /// The key that the ring wraps, and the value under that key: neither can stand for the other. The value's context has no key id, since
    /// the value outlives the ring's keys; its data key's has.
    private static let keyUse: StaticString = "switchboard.sealed.1 data key"
    private static let valueUse: StaticString = "switchboard.sealed.1 value"
}
