internal import Crypto
internal import Glibc

/// A token that was verified, with what has to be looked at to use it again. Confined to a loop.
final class VerifiedToken {
    let text: [UInt8]
    /// SHA-256 of the certificate that it came with.
    let certificateDigest: [UInt8]
    let caller: Caller
    /// The key that signed it.
    let publicKey: PublicKey
    /// The terms under which `caller` was made of it.
    let terms: Int
    /// The last snapshot by which it is good.
    fileprivate(set) var generation: Int

    init(_ text: [UInt8], certificateDigest: [UInt8], caller: Caller, publicKey: PublicKey, under snapshot: Trust.Snapshot) {
        self.text = text
        self.certificateDigest = certificateDigest
        self.caller = caller
        self.publicKey = publicKey
        terms = snapshot.terms
        generation = snapshot.generation
    }

    func isText(_ other: UnsafeRawBufferPointer) -> Bool {
        unsafe text.withUnsafeBytes { mine in
            guard mine.count == other.count, let (one, two) = unsafe pair(mine.baseAddress, other.baseAddress) else { return false }
            return unsafe memcmp(one, two, other.count) == 0
        }
    }

    private func pair(_ one: UnsafeRawPointer?, _ two: UnsafeRawPointer?) -> (UnsafeRawPointer, UnsafeRawPointer)? {
        guard let one = unsafe one, let two = unsafe two else { return nil }
        return unsafe (one, two)
    }
}

/// The tokens that one loop has verified and that have not ended: a signature costs some 100 µs, a look here a thousandth of that.
///
/// A table by the last bytes of the text, which belong to the signature and are as good as random; the whole text is compared then. An entry
/// is good for one client certificate only, as its token is. Only who has many valid tokens can fill it.
final class VerifiedTokens {
    private(set) var snapshot: Trust.Snapshot
    private let trust: Trust
    private let capacity: Int
    /// A power of two, at least twice the capacity: by where it should be, and from there on.
    private var slots: [VerifiedToken?]
    private(set) var count = 0

    init(_ trust: Trust, capacity: Int = Limits.verifiedTokensPerLoop) {
        self.trust = trust
        self.capacity = max(1, capacity)
        snapshot = trust.snapshot
        slots = Array(repeating: nil, count: VerifiedTokens.size(for: self.capacity))
    }

    private static func size(for capacity: Int) -> Int {
        var size = 4
        while size < 2 * capacity { size *= 2 }
        return size
    }

    /// The text's entry, if there is one that is still good; whose certificate it is, the caller asks.
    func find(_ text: UnsafeRawBufferPointer) -> VerifiedToken? {
        var place = unsafe place(of: text)
        while let entry = slots[place] {
            if unsafe entry.isText(text) { return entry }
            place = (place &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    /// Whether the entry may be used again now: it has not ended, and nothing has been revoked or changed since that says otherwise.
    /// - Throws: ``TokenError`` when it was revoked.
    func isGood(_ entry: VerifiedToken, now: Int64) throws(TokenError) -> Bool {
        guard now < entry.caller.expires else { return false }
        return entry.generation == trust.generation ? true : try isStillGood(entry)
    }

    /// Slowly, and once for each change.
    private func isStillGood(_ entry: VerifiedToken) throws(TokenError) -> Bool {
        refresh()
        guard entry.terms == snapshot.terms, snapshot.keys[entry.caller.key] == entry.publicKey else { return false }
        if let refusal = snapshot.revocations.refusal(of: entry.caller) { throw refusal }
        entry.generation = snapshot.generation
        return true
    }

    func refresh() {
        if snapshot.generation != trust.generation { snapshot = trust.snapshot }
    }

    func remember(_ entry: VerifiedToken, now: Int64) {
        if count >= capacity { makeRoom(now) }
        place(entry)
    }

    /// Forgets what has ended, and everything when that does not help: it costs one signature for each token in use.
    private func makeRoom(_ now: Int64) {
        let kept = slots.filter { entry in entry.map { now < $0.caller.expires } ?? false }
        slots = Array(repeating: nil, count: slots.count)
        count = 0
        guard kept.count < capacity / 2 else { return }
        for entry in kept { if let entry { place(entry) } }
    }

    private func place(_ entry: VerifiedToken) {
        unsafe entry.text.withUnsafeBytes { text in
            var place = unsafe place(of: text)
            while let present = slots[place] {
                if unsafe present.isText(text) {
                    slots[place] = entry
                    return
                }
                place = (place &+ 1) & (slots.count &- 1)
            }
            slots[place] = entry
            count += 1
        }
    }

    /// Fibonacci hashing of the last eight bytes.
    private func place(of text: UnsafeRawBufferPointer) -> Int {
        let width = MemoryLayout<UInt64>.size
        guard text.count >= width else { return 0 }
        let tail = unsafe text.loadUnaligned(fromByteOffset: text.count &- width, as: UInt64.self)
        return Int(truncatingIfNeeded: (tail &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count &- 1)
    }
}
