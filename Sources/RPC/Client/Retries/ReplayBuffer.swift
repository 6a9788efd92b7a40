/// What a call has sent, for as long as it may have to be sent again. Pure.
struct ReplayBuffer {
    /// The first message: most calls have no other, and keep no list.
    private var first: [UInt8]?
    private var rest: [[UInt8]] = []
    private(set) var bytes = 0
    /// The application has sent its last.
    private(set) var isFinished = false

    mutating func append(_ message: [UInt8]) {
        bytes += message.count
        if first == nil { first = message } else { rest.append(message) }
    }

    mutating func finish() { isFinished = true }

    func forEach(_ body: ([UInt8]) -> Void) {
        if let first { body(first) }
        for message in rest { body(message) }
    }

    /// It will not be sent again.
    mutating func drop() {
        first = nil
        rest = []
        bytes = 0
    }
}
