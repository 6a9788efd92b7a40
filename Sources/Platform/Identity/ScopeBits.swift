internal import Synchronization

/// The scopes that methods of this process want, a bit for each, so that a call's are compared in one step. Which bit a scope has stays, once
/// one is given: a caller's bits never stand for more than the caller has.
enum ScopeBits {
    private static let known = Mutex<[String: UInt64]>([:])

    /// The bits of what a method wants; nil when there are none left for all of it.
    static func of(_ wanted: [String]) -> UInt64? {
        known.withLock { known in
            var bits: UInt64 = 0
            for scope in wanted {
                if known[scope] == nil {
                    guard known.count < UInt64.bitWidth else { return nil }
                    known[scope] = 1 << UInt64(known.count)
                }
                bits |= known[scope] ?? 0
            }
            return bits
        }
    }

    /// The bits of what a caller has. One that no method has asked for yet is not among them: who has it is told so by its name.
    static func of(_ held: Set<String>) -> UInt64 {
        known.withLock { known in held.reduce(0) { $0 | (known[$1] ?? 0) } }
    }
}
