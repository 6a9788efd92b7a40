import BenchAPI
import HTTP2
import Net
import RPC
import RPCTesting

/// One input: a byte of choices, and what a peer writes to a server, or to a client, of ours. Both run as they are, in a simulation, whose
/// clock goes on at the end; the peer then goes away, and no call, handler or socket may be left.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count >= 2 else { return -1 }
    let plan = unsafe Plan(choices: start[0], bytes: UnsafeBufferPointer(start: start + 1, count: count - 1))
    _ = succeed("a simulation comes to its end") { () throws(SimulationFailure) in
        try Simulation.runHere(seed: UInt64(count)) { simulation in
            try await plan.attacksServer ? attackServer(plan, simulation) : attackClient(plan, simulation)
        }
    }
    return 0
}

private struct Plan {
    let attacksServer: Bool
    /// Whether it reads what it is sent.
    let reads: Bool
    /// Whether it stays until every time limit is over.
    let stays: Bool
    let pieces: [[UInt8]]

    init(choices: UInt8, bytes: UnsafeBufferPointer<UInt8>) {
        attacksServer = choices & 1 == 0
        reads = choices & 2 == 0
        stays = choices & 4 != 0
        var written = unsafe choices & 8 == 0 ? [UInt8](bytes) : Plan.frames(bytes)
        if choices & 16 == 0 {
            written = (attacksServer ? Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) : []) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + written
        }
        let size = [written.count, 1, 7, 64][Int(choices >> 5 & 3)]
        pieces = stride(from: 0, to: written.count, by: max(1, size)).map { Array(written[$0..<min($0 + size, written.count)]) }
    }

    /// Takes the bytes for frames whose lengths are right: type, flags, stream, the payload's length in one byte each, and the payload.
    private static func frames(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var rest = unsafe ArraySlice(bytes)
        var written: [UInt8] = []
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            let payload = rest.dropFirst(4).prefix(Int(head[3]))
            rest = rest[payload.endIndex...]
            written += [0, 0, UInt8(payload.count), head[0], head[1], 0, 0, 0, head[2]] + payload
        }
        return written
    }
}

// MARK: The peer

/// Writes its pieces one after the other, and reads or does not. Confined to its loop.
private final class Attacker {
    private let socket: Socket
    private let plan: Plan
    private var watch: Watch?
    private var next = 0
    private var offset = 0

    init(_ socket: consuming Socket, _ plan: Plan, on loop: EventLoop) throws {
        self.socket = socket
        self.plan = plan
        watch = try loop.watch(self.socket.descriptor, for: plan.reads ? [.read, .write] : .write) { [unowned self] readiness in
            if readiness.contains(.write) { write() }
            if plan.reads, readiness.contains(.read) { read() }
        }
    }

    private func write() {
        guard next < plan.pieces.count else {
            watch?.update(plan.reads ? .read : [])
            return
        }
        let piece = plan.pieces[next]
        switch unsafe piece.withUnsafeBytes({ unsafe socket.write(UnsafeRawBufferPointer(rebasing: $0[offset...])) }) {
        case .bytes(let count):
            offset += count
            if offset == piece.count { (next, offset) = (next + 1, 0) }
        case .wouldBlock: break
        case .end, .failed: next = plan.pieces.count
        }
    }

    private func read() {
        var room = [UInt8](repeating: 0, count: 65_536)
        switch unsafe room.withUnsafeMutableBytes({ unsafe socket.read(into: $0) }) {
        case .bytes, .wouldBlock: break
        case .end, .failed: watch?.update(next < plan.pieces.count ? .write : [])
        }
    }

    func end() {
        watch?.cancel()
    }
}

// MARK: Both sides

private func attackServer(_ plan: Plan, _ simulation: Simulation) async throws {
    let address = try await simulation.serve([BoundedEcho()])
    let attacker = try Attacker(try .connecting(to: address, on: simulation.loop), plan, on: simulation.loop)
    try await simulation.sleep(for: plan.stays ? .seconds(200) : .milliseconds(50))
    attacker.end()
    // It goes away with the last reference to it.
}

private func attackClient(_ plan: Plan, _ simulation: Simulation) async throws {
    let listener = try Listener(on: .ipv4([127, 0, 0, 1], port: 0), for: simulation.loop)
    var attackers: [Attacker] = []
    let watch = try listener.watch(on: simulation.loop) { socket in
        if let attacker = try? Attacker(socket, plan, on: simulation.loop) { attackers.append(attacker) }
    }
    let client = EchoClient(try simulation.channel(to: listener.address))
    let options = CallOptions(timeout: plan.stays ? .seconds(200) : .milliseconds(50))
    async let unary: Void = call { _ = try await client.unary(EchoRequest(), options) }
    async let stream: Void = call {
        try await client.bidiStream(options) { requests, replies in
            try await requests.send(EchoRequest())
            requests.finish()
            for try await _ in replies {}
        }
    }
    _ = await (unary, stream)
    watch.cancel()
    for attacker in attackers { attacker.end() }
    require(attackers.count <= 32, "a server that does nothing but harm is not connected to \(attackers.count) times in 200 seconds")
}

private func call(_ body: () async throws -> Void) async {
    do {
        try await body()
    } catch {
        require(error is RPCError, "a call fails with an RPCError, not with \(error)")
    }
}

/// Echoes, but no more than a hundred times, so that an input does not take for ever.
private struct BoundedEcho: Echo {
    func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
        if request.delayMs > 0 { try await call.loop.sleep(for: .milliseconds(Int64(request.delayMs))) }
        return EchoReply(request)
    }

    func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for _ in 0..<min(100, max(0, request.count)) { try await replies.send(EchoReply(request)) }
    }

    func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
        var reply = EchoReply()
        for try await request in requests { reply.payload += request.payload }
        return reply
    }

    func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws {
        for try await request in requests { try await replies.send(EchoReply(request)) }
    }
}

extension EchoReply {
    fileprivate init(_ request: EchoRequest) {
        self.init()
        payload = request.payload
    }
}
