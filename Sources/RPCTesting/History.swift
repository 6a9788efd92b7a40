internal import Net

/// What happened in a simulation, in a few numbers. Two runs of one seed have equal ones.
public struct History: Sendable, Hashable, CustomStringConvertible {
    public let seed: UInt64
    /// Turns that its loops took.
    public let turns: Int
    /// How long it took by its own clock.
    public let duration: Duration
    /// Of everything that happened, in its order.
    public let hash: UInt64

    public var description: String {
        "seed \(seed): \(turns) turns in \(duration), 0x\(String(hash, radix: 16))"
    }
}

/// Takes down what happens: a hash of all, and the text of the last events.
struct Journal {
    private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private var last: [String] = []
    private var next = 0

    mutating func note(_ event: String, _ numbers: [Int], at time: MonotonicTime) {
        fold(time.nanoseconds)
        for byte in event.utf8 { fold(UInt64(byte)) }
        for number in numbers { fold(UInt64(bitPattern: Int64(number))) }
        let text = "\(time - Limits.epoch): \(event)\(numbers.isEmpty ? "" : " \(numbers)")"
        if last.count < Limits.quotedEvents { last.append(text) } else { last[next] = text }
        next = (next + 1) % Limits.quotedEvents
    }

    /// FNV-1a, a word at a time.
    mutating func fold(_ word: UInt64) {
        hash = (hash ^ word) &* 0x0000_0100_0000_01b3
        hash ^= hash >> 29
    }

    var tail: [String] {
        last.count < Limits.quotedEvents ? last : Array(last[next...] + last[..<next])
    }
}
