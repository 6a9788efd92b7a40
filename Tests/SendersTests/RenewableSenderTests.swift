import Crypto
import Testing

@testable import Senders

/// Says when it has begun, and answers with its name when it is let go.
private final class SlowSender: Sender {
    private let name: String
    private let begun: AsyncStream<Void>.Continuation
    private let gate: AsyncStream<Void>

    init(_ name: String, begun: AsyncStream<Void>.Continuation, gate: AsyncStream<Void>) {
        self.name = name
        self.begun = begun
        self.gate = gate
    }

    func destination(of content: String) -> String { name }

    func send(_ content: String, id: UUIDv7) async -> Outcome {
        begun.yield()
        for await _ in gate { break }
        return .accepted(providerID: name)
    }
}

@Suite struct RenewableSenderTests {
    @Test("SEC-10 · What is sent after a sender was replaced goes by the new one; what was under way ends with the one before")
    func replaced() async {
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let sender = RenewableSender<String>(SlowSender("old", begun: beginning, gate: gate))
        let first = Task { await sender.send("", id: UUIDv7Generator.system.next()) }
        for await _ in begun { break }
        sender.replace(with: SlowSender("new", begun: beginning, gate: AsyncStream { $0.finish() }))
        #expect(sender.destination(of: "") == "new")
        #expect(await sender.send("", id: UUIDv7Generator.system.next()) == .accepted(providerID: "new"))
        opener.yield()
        #expect(await first.value == .accepted(providerID: "old"))
    }
}
