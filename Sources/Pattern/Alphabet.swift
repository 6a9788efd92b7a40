/// Code points that a pattern cannot tell apart are one letter of its alphabet.
struct Alphabet {
    /// Where each run of one letter begins, from 0 on, in order.
    private(set) var starts: [UInt32] = []
    /// The letter of each run.
    private(set) var letters: [Int] = []
    /// A code point of each letter.
    private(set) var examples: [UInt32] = []

    init(_ sets: [ScalarSet]) {
        var borders: Set<UInt32> = [0]
        for range in sets.flatMap(\.ranges) {
            borders.insert(range.lowerBound)
            if range.upperBound < ScalarSet.last { borders.insert(range.upperBound + 1) }
        }
        var numbers: [[UInt64]: Int] = [:]
        for start in borders.sorted() {
            var members = [UInt64](repeating: 0, count: sets.count / 64 + 1)
            for (index, set) in sets.enumerated() where set.contains(start) { members[index / 64] |= 1 << (index % 64) }
            let letter = numbers[members] ?? numbers.count
            if letter == numbers.count {
                numbers[members] = letter
                examples.append(start)
            }
            if letters.last == letter { continue }
            starts.append(start)
            letters.append(letter)
        }
    }
}
