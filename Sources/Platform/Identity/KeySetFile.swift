public import Crypto
internal import Synchronization

/// The file of a foreign issuer's key set: read when it is new, when it has changed, and for a key that nobody knows at most once a minute.
public final class KeySetFile: Sendable {
    public let issuer: String
    public let path: String

    private struct State {
        /// Of the file that was read last.
        var stamp: TrustedFile.Stamp?
        /// In seconds since 1970.
        var readAt: Int64 = .min
    }

    private let state = Mutex(State())

    public init(issuer: String, path: String) {
        self.issuer = issuer
        self.path = path
    }

    /// The keys, or nil when there is no need to read them again. It reads a file: not for a loop.
    ///
    /// - Parameter isWanted: somebody named a key that nobody knows.
    /// - Throws: a sentence about the file, such as that everybody may write it. What was read before stays true.
    public func keys(isWanted: Bool, now: Int64) throws(KeySetError) -> [String: PublicKey]? {
        try state.withLock { (state) throws(KeySetError) -> [String: PublicKey]? in
            let isDue =
                isWanted && (state.readAt == .min || now < state.readAt || now - state.readAt >= Limits.keySetPause.components.seconds)
            do {
                guard let file = try TrustedFile.read(path, butFor: isDue ? nil : state.stamp, atMost: Limits.keySetBytes) else {
                    return nil
                }
                state.readAt = now
                let keys = try KeySet(parsing: file.bytes).keys
                state.stamp = file.stamp
                return keys
            } catch let error as KeySet.Problem {
                throw KeySetError("The key set \(path) of \(issuer): \(error).")
            } catch {
                throw KeySetError("The key set of \(issuer): \(error)")
            }
        }
    }
}

/// Why a key set was not taken.
public struct KeySetError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ sentence: String) {
        description = sentence
    }
}
