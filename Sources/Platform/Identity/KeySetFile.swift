public import Crypto
internal import Foundation
internal import Synchronization

/// The file of a foreign issuer's key set: read when it is new, when it has changed, and for a key that nobody knows at most once a minute.
public final class KeySetFile: Sendable {
    public let issuer: String
    public let path: String

    private struct State {
        /// Of the file that was read last.
        var stamp: Stamp?
        /// In seconds since 1970.
        var readAt: Int64 = .min
    }

    private struct Stamp: Equatable {
        var bytes: Int64
        var changed: Date
        var number: Int
    }

    private let state = Mutex(State())

    public init(issuer: String, path: String) {
        self.issuer = issuer
        self.path = path
    }

    /// The keys, or nil when there is no need to read them again. It reads a file: not for a loop.
    ///
    /// - Parameter isWanted: somebody named a key that nobody knows.
    /// - Throws: a sentence about the file. What was read before stays true.
    public func keys(isWanted: Bool, now: Int64) throws(KeySetError) -> [String: PublicKey]? {
        try state.withLock { (state) throws(KeySetError) -> [String: PublicKey]? in
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
                throw KeySetError("The key set \(path) of \(issuer) cannot be read.")
            }
            let stamp = Stamp(
                bytes: (attributes[.size] as? NSNumber)?.int64Value ?? 0, changed: attributes[.modificationDate] as? Date ?? .distantPast,
                number: (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0)
            let isDue =
                isWanted && (state.readAt == .min || now < state.readAt || now - state.readAt >= Limits.keySetPause.components.seconds)
            guard state.stamp != stamp || isDue else { return nil }
            state.readAt = now
            guard stamp.bytes <= Int64(Limits.keySetBytes), let text = FileManager.default.contents(atPath: path) else {
                throw KeySetError("The key set \(path) of \(issuer) cannot be read, or is too long.")
            }
            do throws(KeySet.Problem) {
                let keys = try KeySet(parsing: Array(text)).keys
                state.stamp = stamp
                return keys
            } catch {
                throw KeySetError("The key set \(path) of \(issuer): \(error).")
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
