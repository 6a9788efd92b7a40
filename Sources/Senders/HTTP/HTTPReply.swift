/// A server's answer, as much of it as came.
struct HTTPReply: Sendable, Equatable {
    var status: Int
    /// Names in lower case.
    var fields: [(name: String, value: String)]
    var body: [UInt8] = []
    /// False when the body was cut off, or was longer than anybody here reads.
    var isComplete = false

    func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// How long to wait before the next try (RFC 9110 section 10.2.3); dates are not read.
    var retryAfter: Duration? {
        guard let text = value(of: "retry-after"), let seconds = Int64(text), seconds >= 0 else { return nil }
        return min(.seconds(seconds), Limits.longestRetryAfter)
    }

    static func == (left: HTTPReply, right: HTTPReply) -> Bool {
        left.status == right.status && left.body == right.body && left.isComplete == right.isComplete
            && left.fields.map { "\($0.name): \($0.value)" } == right.fields.map { "\($0.name): \($0.value)" }
    }

}
