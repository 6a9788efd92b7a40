import Net
import TestSupport
import Testing

@testable import HTTP2

/// Requests of one connection through nghttp2 on both sides: fields that its table holds come as the very same buffers again.
@Suite("Requests that repeat their fields") struct RepeatedRequestTests {
    @Test("are told as they were sent, whatever was the same before", arguments: [UInt64(1), 2, 3, 20_261_123])
    func random(seed: UInt64) async throws {
        print("seed \(seed)")
        let loop = try EventLoop(name: "requests")
        defer { loop.shutdown() }
        try await loop.run {
            var random = SeededRandom(seed: seed)
            let (server, client) = (Host(), Host())
            var limits = Limits.standard
            limits.fieldBytes = 1 << 20
            limits.resets = Limits.Rate(burst: 10_000, perSecond: 0)
            let (serving, calling) = (
                Session(role: .server, loop: loop, limits: limits), Session(role: .client, loop: loop, limits: .standard)
            )
            (serving.host, calling.host) = (server, client)
            var fields = [(":method", "POST"), (":scheme", "http"), (":path", "/a/B"), (":authority", "x"), ("te", "trailers")]
            for number in 0..<2_000 {
                var isMalformed = false
                switch Int.random(in: 0..<12, using: &random) {
                // Long enough to push everything else out of the table.
                case 0: fields.append(("x-\(number)", String(repeating: "v", count: Int.random(in: 0..<3_000, using: &random))))
                case 1: fields.append(("n\(Int.random(in: 0..<5, using: &random))", "\(Int.random(in: 0..<5, using: &random))"))
                case 2: if fields.count > 5 { fields.remove(at: Int.random(in: 5..<fields.count, using: &random)) }
                case 3:
                    let index = Bool.random(using: &random) ? 2 : Int.random(in: 4..<fields.count, using: &random)
                    fields[index == 4 ? 2 : index].1 = "/\(Int.random(in: 0..<9, using: &random))"
                // Nobody is told of that one, wherever it is malformed.
                case 5: isMalformed = true
                case 4: fields = Array(fields.prefix(5))
                default: break
                }
                var sent = fields
                if isMalformed { sent[4].1 = "other" }
                let request = HTTPFields(sent)
                let before = server.count
                let stream = try calling.submitRequest(request, receiver: client, withBody: false)
                transfer(calling, to: serving)
                // The server answers, so that streams do not pile up.
                server.answer()
                transfer(serving, to: calling)
                calling.deliver()
                serving.deliver()
                #expect(server.count == before + (isMalformed ? 0 : 1))
                if !isMalformed { #expect(server.last == request.description, "seed \(seed), \(number)") }
                #expect(!stream.isOpen)
            }
            #expect(server.repeats > 500)
        }
    }

    private func transfer(_ from: Session, to other: Session) {
        unsafe withUnsafeTemporaryAllocation(byteCount: 256 * 1024, alignment: 16) { room in
            while true {
                let count = unsafe from.drain(into: room, enough: 128 * 1024)
                if count == 0 { return }
                unsafe other.receive(UnsafeRawBufferPointer(rebasing: room[..<count]))
            }
        }
    }

    private final class Host: SessionHost, HTTPStreamReceiver {
        private var stream: HTTPStream?
        private(set) var last = ""
        private(set) var repeats = 0
        private(set) var count = 0

        func answer() {
            stream?.respond(HTTPFields([(":status", "200")]), end: true)
            stream = nil
        }

        func sessionReceivedRequest(_ fields: HTTPFields, _ repeated: RepeatedFields?, on stream: HTTPStream) -> any HTTPStreamReceiver {
            last = fields.description
            count += 1
            if repeated != nil { repeats += 1 }
            self.stream = stream
            return self
        }

        func sessionHasOutput() {}
        func sessionReceivedGoAway(code: ErrorCode, lastStream: Int32, debug: String) {}
        func sessionReceivedSettings() {}
        func sessionReceivedPingAcknowledgement() {}
        func sessionClosedStream() {}
        func sessionSaw(_ violation: Violation) {}
        func sessionRefusedBody() {}
        func received(head: HTTPFields) {}
        func received(body: UnsafeRawBufferPointer) {}
        func received(trailers: HTTPFields) {}
        func receivedEnd() {}
        func inputDelivered() {}
        func outputDrained() {}
        func closed(_ end: StreamEnd) {}
        func messageAdmitted() {}
    }
}
