import Net
import Testing

@testable import HTTP2

@Suite("A stream that is used again") struct StreamReuseTests {
    @Test("is like one that was never used, in every property")
    func everyProperty() async throws {
        let loop = try EventLoop(name: "reuse")
        defer { loop.shutdown() }
        try await loop.run {
            let session = Session(role: .server, loop: loop, limits: .standard)
            let stream = HTTPStream(id: 1, session: session)
            spoil(stream)
            let used = properties(of: stream)
            stream.removeAll()
            stream.reopen(id: 3, session: session)
            let fresh = properties(of: HTTPStream(id: 3, session: session))
            #expect(properties(of: stream) == fresh)
            // A property that `spoil` does not change would not be missed above.
            let unchanged = Set(fresh.keys.filter { fresh[$0] == used[$0] })
            let cleared: Set = ["next", "previous", "receiver", "heldBytes", "claimedBytes", "isWaiting"]
            #expect(unchanged == cleared.union(["loop"]), "the list clears its links, and `detach` the receiver and what was held")
        }
    }

    /// Leaves something in every property that a stream may have when it has ended.
    private func spoil(_ stream: HTTPStream) {
        let start = stream.loop.now
        stream.receiver = RefusedStream(stream)
        stream.hasReceivedHead = true
        stream.isTouched = true
        stream.receivedBytes = 7
        stream.peerEnded()
        stream.isResetByPeer = true
        stream.respond(HTTPFields([(":status", "200")]))
        unsafe withUnsafeTemporaryAllocation(byteCount: 3, alignment: 1) { room in
            _ = unsafe stream.takeOutput(into: room)
            stream.write([1, 2, 3, 4, 5])
            stream.write([6])
            _ = unsafe stream.takeOutput(into: room)
        }
        _ = stream.check(isOwed: true, at: start, timeout: .seconds(1))
        stream.finish()
        stream.reset(.cancel)
        _ = stream.hold(9)
        _ = stream.claim(9)
        // As the session does when it closes.
        _ = stream.detach()
        // nghttp2 asked once more, and there was nothing; then more came.
        unsafe withUnsafeTemporaryAllocation(byteCount: 0, alignment: 1) { room in
            _ = unsafe stream.takeOutput(into: room)
        }
    }

    private func properties(of stream: HTTPStream) -> [String: String] {
        var found: [String: String] = [:]
        var mirror: Mirror? = Mirror(reflecting: stream)
        while let one = mirror {
            for child in one.children { found[child.label ?? "?"] = String(reflecting: child.value) }
            mirror = one.superclassMirror
        }
        // What a receiver is called says nothing.
        found["receiver"] = stream.receiver == nil ? "none" : "one"
        return found
    }

    @Test("is taken by the next one, unless somebody still holds it")
    func spares() async throws {
        let loop = try EventLoop(name: "spares")
        defer { loop.shutdown() }
        try await loop.run {
            let spares = loop.own { SpareStreams() }
            let session = Session(role: .server, loop: loop, limits: .standard)
            let host = Host()
            session.host = host
            receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(kind: 4, flags: 0, stream: 0, []), session)
            for id in [1, 3, 5] as [UInt8] {
                // GET http / of x, by HPACK's static table, then the reset.
                receive(frame(kind: 1, flags: 5, stream: id, [0x82, 0x86, 0x84, 0x01, 1, 0x78]), session)
                session.deliver()
                #expect(spares.count == 0, "the last one is in use")
                if id == 3 { host.keeps = true }
                receive(frame(kind: 3, flags: 0, stream: id, [0, 0, 0, 8]), session)
                session.deliver()
                #expect(spares.count == (host.keeps ? 0 : 1))
                host.received = []
            }
            #expect(host.count == 3)
        }
    }

    private func receive(_ bytes: [UInt8], _ session: Session) {
        unsafe bytes.withUnsafeBytes { unsafe session.receive($0) }
    }

    private func frame(kind: UInt8, flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(payload.count), kind, flags, 0, 0, 0, stream] + payload
    }

    /// Keeps its streams, or lets them go as they close.
    private final class Host: SessionHost {
        var received: [HTTPStream] = []
        var keeps = false
        var count = 0

        func sessionReceivedRequest(_ fields: HTTPFields, _ repeated: RepeatedFields?, on stream: HTTPStream) -> any HTTPStreamReceiver {
            count += 1
            received.append(stream)
            return Receiver(self)
        }

        func sessionHasOutput() {}
        func sessionReceivedGoAway(code: ErrorCode, lastStream: Int32, debug: String) {}
        func sessionReceivedSettings() {}
        func sessionReceivedPingAcknowledgement() {}
        func sessionClosedStream() {}
        func sessionSaw(_ violation: Violation) {}
        func sessionRefusedBody() {}
    }

    private final class Receiver: HTTPStreamReceiver {
        private let host: Host
        init(_ host: Host) { self.host = host }
        func received(head: HTTPFields) {}
        func received(body: UnsafeRawBufferPointer) {}
        func received(trailers: HTTPFields) {}
        func receivedEnd() {}
        func inputDelivered() {}
        func outputDrained() {}
        func closed(_ end: StreamEnd) { if !host.keeps { host.received = [] } }
    }
}
