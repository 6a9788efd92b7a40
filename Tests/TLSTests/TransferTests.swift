import TLS
import TestSupport
import Testing

@Suite("Data through an open connection")
struct TransferTests {
    let pki = TestPKI.shared

    private func openPair() throws -> EnginePair {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        pair.run()
        #expect(pair.client.isHandshakeComplete && pair.server.isHandshakeComplete)
        return pair
    }

    @Test("Bytes arrive as they were sent", arguments: [0, 1, 5, 16_383, 16_384, 16_385, 32_768, 100_000])
    func sizes(count: Int) throws {
        let pair = try openPair()
        let sent = [UInt8]((0..<count).map { UInt8(truncatingIfNeeded: $0) })
        try pair.client.send(sent)
        pair.run()
        #expect(pair.toServer == sent)
        try pair.server.send(sent)
        pair.run()
        #expect(pair.toClient == sent)
    }

    @Test("Two megabytes each way in odd pieces arrive whole and in order")
    func oddPieces() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let pair = try openPair()
        var sent: (toServer: [UInt8], toClient: [UInt8]) = ([], [])
        while sent.toServer.count < 2_000_000 {
            let up = random.bytes(Int.random(in: 0...40_000, using: &random))
            let down = random.bytes(Int.random(in: 0...40_000, using: &random))
            try pair.client.send(up)
            try pair.server.send(down)
            sent.toServer += up
            sent.toClient += down
            pair.run { Int.random(in: 1...9_000, using: &random) }
        }
        #expect(pair.toServer == sent.toServer, "seed \(seed)")
        #expect(pair.toClient == sent.toClient, "seed \(seed)")
        #expect(pair.serverError == nil && pair.clientError == nil, "seed \(seed)")
    }

    @Test("A record that arrives byte by byte is delivered once, at its last byte")
    func byByte() throws {
        let pair = try openPair()
        try pair.client.send([1, 2, 3])
        let record = pair.client.takeOutput()
        for byte in record.dropLast() {
            #expect(try pair.server.receive([byte]) == [])
        }
        #expect(try pair.server.receive([record[record.count - 1]]) == [1, 2, 3])
    }

    @Test("A piece handed out is at most one record's plaintext, and one call hands out all there are")
    func pieces() throws {
        let pair = try openPair()
        try pair.client.send([UInt8](repeating: 7, count: 40_000))
        var sizes: [Int] = []
        try unsafe pair.server.receive(pair.client.output) { piece in sizes.append(piece.count) }
        #expect(sizes == [16_384, 16_384, 7_232])
    }

    @Test("What waits in the output is kept in order while the transport takes it bit by bit")
    func partialOutput() throws {
        let pair = try openPair()
        var expected: [UInt8] = []
        for round in 0..<50 {
            let bytes = [UInt8](repeating: UInt8(round), count: 3_000)
            expected += bytes
            try pair.client.send(bytes)
            let count = min(1_700, pair.client.outputByteCount)
            let part = unsafe Array(pair.client.output.prefix(count))
            pair.client.consumeOutput(count)
            let delivered = try pair.server.receive(part)
            #expect(delivered.elementsEqual(expected.prefix(delivered.count)))
            expected.removeFirst(delivered.count)
        }
        #expect(try pair.server.receive(pair.client.takeOutput()) == expected)
        #expect(pair.client.outputByteCount == 0)
    }

    @Test("A delivery may answer on its own engine, and feed another on the same thread")
    func reentrancy() throws {
        let pair = try openPair()
        try pair.client.send([UInt8](repeating: 9, count: 20_000))
        var echoed: [UInt8] = []
        try unsafe pair.server.receive(pair.client.output) { piece in
            let before = unsafe [UInt8](piece)
            do {
                try unsafe pair.server.send(piece)
                echoed += try pair.client.receive(pair.server.takeOutput())
            } catch {
                Issue.record(error)
            }
            #expect(unsafe piece.elementsEqual(before), "the other engine wrote over what was being delivered")
        }
        #expect(echoed == [UInt8](repeating: 9, count: 20_000))
    }

    @Test("Nothing can be sent before the handshake is complete")
    func tooEarly() throws {
        let pair = try EnginePair(client: pki.clientContext(), server: pki.serverContext())
        for engine in [pair.client, pair.server] {
            let error = #expect(throws: TLSError.self) { try engine.send([1]) }
            #expect(error?.reason == .handshakeIncomplete)
        }
        pair.run()
        #expect(pair.server.isHandshakeComplete, "the refusal does no harm")
    }

    @Test("close_notify ends one direction: the peer sees it, and may still send")
    func close() throws {
        let pair = try openPair()
        try pair.client.send([1])
        pair.client.close()
        pair.client.close()
        let error = #expect(throws: TLSError.self) { try pair.client.send([2]) }
        #expect(error?.reason == .closed)
        pair.run()
        #expect(pair.toServer == [1])
        #expect(pair.server.isPeerClosed)
        #expect(!pair.client.isPeerClosed)
        try pair.server.receiveEnd()
        try pair.server.send([3])
        pair.server.close()
        pair.run()
        #expect(pair.toClient == [3])
        #expect(pair.client.isPeerClosed)
        try pair.client.receiveEnd()
    }

    @Test("Bytes after the peer's close_notify are ignored")
    func afterClose() throws {
        let pair = try openPair()
        pair.client.close()
        let farewell = pair.client.takeOutput()
        #expect(try pair.server.receive(farewell + [1, 2, 3]) == [])
        #expect(pair.server.isPeerClosed)
        #expect(try pair.server.receive([4, 5, 6]) == [])
    }

    @Test("Closing before the handshake is complete sends nothing")
    func earlyClose() throws {
        let server = try TLSEngine(server: pki.serverContext())
        server.close()
        #expect(server.outputByteCount == 0)
    }

    @Test("Many connections of one context live side by side")
    func manyConnections() throws {
        let server = try pki.serverContext()
        let client = try pki.clientContext()
        let pairs = try (0..<50).map { _ in try EnginePair(client: client, server: server) }
        for pair in pairs { pair.run { 100 } }
        for (number, pair) in pairs.enumerated() { try pair.client.send([UInt8(number)]) }
        for pair in pairs.reversed() { pair.run() }
        #expect(pairs.map(\.toServer) == (0..<50).map { [UInt8($0)] })
    }
}
