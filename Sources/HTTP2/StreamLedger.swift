/// Which of a client's last 256 streams were opened, and which it has ended itself: nghttp2 forgets a stream that is closed, and then
/// ignores what RFC 9113 §5.1 calls an error.
struct StreamLedger {
    enum Standing {
        /// Higher than any before.
        case new
        /// Passed over when a higher one was opened: closed for good (RFC 9113 §5.1.1).
        case skipped
        /// Opened, and not ended by the client, whatever we did.
        case open
        /// The client has sent END_STREAM or RST_STREAM.
        case ended
        /// Too long ago to be known, or no number of a client's stream: nghttp2's matter.
        case unknown
    }

    static let span: Int32 = 256

    private var opened: InlineArray<4, UInt64> = .init(repeating: 0)
    private var ended: InlineArray<4, UInt64> = .init(repeating: 0)
    /// Clients' streams are odd: 1 is number 0, 3 is number 1. This is the lowest that was never reached.
    private var next: Int32 = 0

    /// Streams that were opened or passed over.
    var count: Int { Int(next) }

    func standing(of stream: Int32) -> Standing {
        guard stream & 1 == 1 else { return .unknown }
        let number = stream >> 1
        if number >= next { return .new }
        guard next - number <= StreamLedger.span else { return .unknown }
        let (word, bit) = StreamLedger.place(of: number)
        if opened[word] & bit == 0 { return .skipped }
        return ended[word] & bit == 0 ? .open : .ended
    }

    /// `stream` has to be new.
    mutating func open(_ stream: Int32) {
        let number = stream >> 1
        if number - next >= StreamLedger.span {
            opened = .init(repeating: 0)
        } else {
            while next < number {
                let (word, bit) = StreamLedger.place(of: next)
                opened[word] &= ~bit
                next += 1
            }
        }
        next = number + 1
        let (word, bit) = StreamLedger.place(of: number)
        opened[word] |= bit
        ended[word] &= ~bit
    }

    /// The client has ended one that is open.
    mutating func end(_ stream: Int32) {
        let (word, bit) = StreamLedger.place(of: stream >> 1)
        ended[word] |= bit
    }

    private static func place(of number: Int32) -> (word: Int, bit: UInt64) {
        let index = Int(number & (span - 1))
        return (index >> 6, 1 << UInt64(index & 63))
    }
}
