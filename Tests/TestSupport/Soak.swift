internal import Glibc

/// Tests that search at random search a little in `make test`, always the same, and for long and elsewhere under `make soak-…`.
public enum Soak {
    public static let isOn = unsafe getenv("SWITCHBOARD_SOAK") != nil
    /// The only seed to be tried, if one is named.
    private static let seed = unsafe getenv("SWITCHBOARD_SEED").flatMap { unsafe UInt64(String(cString: $0)) }
    /// Where a soak begins; printed by what fails.
    private static let start = UInt64.random(in: 0..<(1 << 48))

    /// The seed of a test that takes one: the one that is named, in a soak any, otherwise always the same.
    public static func seed(_ usual: UInt64) -> UInt64 { seed ?? (isOn ? start : usual) }

    /// A number that is named by an environment variable, such as how many operations a soak has.
    public static func number(_ variable: String) -> Int? { unsafe getenv(variable).flatMap { unsafe Int(String(cString: $0)) } }

    /// A part of the seeds, so that all processors have some.
    public struct Shard: Sendable, CustomStringConvertible {
        let index: Int
        public var description: String { "shard \(index)" }

        /// `count` of them in all shards, a hundred times as many in a soak.
        public func seeds(atFirst count: Int) -> [UInt64] {
            if let seed { return index == 0 ? [seed] : [] }
            let own = stride(from: index + 1, through: isOn ? count * 100 : count, by: shards.count)
            return own.map { UInt64($0) + (isOn ? start : 0) }
        }
    }

    public static let shards = (0..<4).map { Shard(index: $0) }
}
