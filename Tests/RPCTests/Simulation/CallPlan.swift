import BenchAPI
import Net
import RPC

/// What one call of a simulation is to do, on both sides.
struct CallPlan: Sendable {
    enum Kind: CaseIterable { case unary, serverStreaming, clientStreaming, bidirectional }

    let call: UInt32
    let kind: Kind
    /// Which of the channels takes it, and when.
    var channel: Int
    var begin: Duration
    /// Parcels.
    let requests: [[UInt8]]
    let replies: [[UInt8]]
    /// Of the client, from its beginning.
    var timeout: Duration?
    var cancelAfter: Duration?
    /// How long the handler waits before it replies.
    var work: Duration
    /// A hundred days: only somebody else puts an end to that.
    static let forEver: Duration = .seconds(100 * 24 * 3600)
    /// What the handler throws when it has sent so many replies.
    let failure: (code: StatusCode, after: Int)?

    init(_ call: UInt32, channels: Int, using random: inout some RandomNumberGenerator) {
        self.call = call
        kind = Kind.allCases.randomElement(using: &random) ?? .unary
        channel = Int.random(in: 0..<channels, using: &random)
        begin = .microseconds(Int.random(in: 0...2_000_000, using: &random))
        let (asks, answers) = (Int.random(in: 0...8, using: &random), Int.random(in: 0...8, using: &random))
        let requestCount = kind == .unary || kind == .serverStreaming ? 1 : asks
        // A bidirectional handler answers every request.
        let replyCount = kind == .serverStreaming ? answers : kind == .bidirectional ? requestCount : 1
        requests = (0..<UInt32(requestCount)).map {
            Parcel.bytes(call: call, number: $0, words: Parcel.words(using: &random), using: &random)
        }
        replies = (0..<UInt32(replyCount)).map {
            Parcel.bytes(call: call, number: $0, words: Parcel.words(using: &random), using: &random)
        }
        timeout = Int.random(in: 0..<3, using: &random) == 0 ? .microseconds(Int.random(in: 1...3_000_000, using: &random)) : nil
        cancelAfter = Int.random(in: 0..<4, using: &random) == 0 ? .microseconds(Int.random(in: 0...1_000_000, using: &random)) : nil
        work =
            switch Int.random(in: 0..<6, using: &random) {
            case 0...2: .zero
            case 3, 4: .microseconds(Int.random(in: 0...800_000, using: &random))
            default: timeout == nil && cancelAfter == nil ? .zero : CallPlan.forEver
            }
        let codes: [StatusCode] = [.invalidArgument, .notFound, .aborted, .dataLoss, .unauthenticated]
        failure =
            Int.random(in: 0..<6, using: &random) == 0
            ? (codes.randomElement(using: &random) ?? .aborted, Int.random(in: 0...replyCount, using: &random)) : nil
    }

    func request(_ number: Int) -> EchoRequest { EchoRequest(requests[number]) }
    func reply(_ number: Int) -> EchoReply { EchoReply(replies[number]) }

    var options: CallOptions {
        CallOptions(metadata: Metadata([("x-call", "\(call)")]), timeout: timeout)
    }
}

/// What must not be, and was.
struct Violation: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
