internal import Synchronization

/// Words of OpenSSL's randomness for ids, drawn a page at a time: for 8 bytes alone the generator takes longer than a call spends on its id.
///
/// Not for keys, nonces and codes: what comes next lies in memory for a while.
public enum RandomWords {
    private static let count = 512
    private static let waiting = Mutex<[UInt64]>([])

    public static func next() -> UInt64 {
        waiting.withLock { waiting in
            if let word = waiting.popLast() { return word }
            let words = SecureRandom.words(count)
            waiting.append(contentsOf: words.dropFirst())
            return words[0]
        }
    }
}
