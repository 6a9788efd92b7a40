/// The tokens that one loop has verified and that have not ended: a signature costs some 100 µs, a look here well under one.
///
/// Each connection mostly sends one token again and again, so that its last one is compared first, byte for byte; then comes a table of
/// all. An entry is good for one client certificate only, as its token is.
final class VerifiedTokens {
    private struct Entry {
        var token: String
        var certificate: [UInt8]
        var caller: Caller
    }

    private var lastOfConnection: [ObjectIdentifier: Entry] = [:]
    private var byToken: [String: Entry] = [:]
    private let capacity: Int

    init(capacity: Int = Limits.verifiedTokensPerLoop) {
        self.capacity = capacity
    }

    var count: Int { byToken.count }

    /// - Parameter connection: may be another one's than it was, since objects come and go: it only says where to look first.
    func caller(_ token: String, certificate: [UInt8], connection: ObjectIdentifier, now: Int64) -> Caller? {
        if let entry = lastOfConnection[connection], entry.token == token { return valid(entry, certificate, now) }
        guard let entry = byToken[token] else { return nil }
        guard let caller = valid(entry, certificate, now) else {
            if entry.caller.expires <= now { byToken[token] = nil }
            return nil
        }
        put(entry, on: connection)
        return caller
    }

    func remember(_ caller: Caller, token: String, certificate: [UInt8], connection: ObjectIdentifier) {
        let entry = Entry(token: token, certificate: certificate, caller: caller)
        // Forgetting everything costs one signature for each token in use, and nobody can make it happen without that many valid tokens.
        if byToken.count >= capacity { byToken.removeAll(keepingCapacity: true) }
        byToken[token] = entry
        put(entry, on: connection)
    }

    private func put(_ entry: Entry, on connection: ObjectIdentifier) {
        if lastOfConnection.count >= capacity { lastOfConnection.removeAll(keepingCapacity: true) }
        lastOfConnection[connection] = entry
    }

    private func valid(_ entry: Entry, _ certificate: [UInt8], _ now: Int64) -> Caller? {
        now < entry.caller.expires && entry.certificate == certificate ? entry.caller : nil
    }
}
