internal import Net

/// Every number that bounds a simulation, and why it is what it is.
enum Limits {
    /// Turns of one simulation. One of a thousand calls takes some ten thousand: more is a loop that feeds itself.
    static let turns = 5_000_000
    /// A turn lasts up to this: time passes while there is work, too.
    static let longestTurn: Duration = .microseconds(20)
    /// Jobs of one turn, at most: few, so that much else happens between two of them.
    static let jobsOfTurn = 8
    /// What a connection's direction holds when its buffers are not small.
    static let bufferBytes = 256 * 1024
    /// Events that a failure tells of, the last ones.
    static let quotedEvents = 30
    /// When a simulation begins; zero would make "a minute ago" the same as "now".
    static let epoch = MonotonicTime(nanoseconds: 1_000_000_000_000)
    /// Loops that a simulated server has, at most.
    static let serverLoops = 3
}
